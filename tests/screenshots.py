"""The README's screenshots: the list of contacts, and the check of an import.

The contacts are made up.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser import run_browser, sign_in
from tests.support.database import PASSWORD, migrate_and_seed
from tests.support.service import ROOT, Service, environment, free_port

SIZE = {"width": 1200, "height": 800}

CONTACTS = [
    ("Amina Wanjiru", "+254712345678", ["tenant", "nairobi"], "25,000"),
    ("Otieno Ouma", "+254722000111", ["tenant", "kisumu"], "18,500"),
    ("Zoë Müller", "+4915112345678", ["owner"], None),
    ("José Núñez", "+525512345678", ["agent"], None),
    ("Priya Patel", "+919876543210", ["tenant", "pune"], "31,000"),
    ("Ольга Попова", "+79161234567", ["owner"], None),
    ("ليلى حسن", "+201001234567", ["tenant", "giza"], "12,000"),
    ("Thandi Ncube", "+27821234567", ["tenant", "durban"], "9,800"),
    ("Ana Silva", "+5511991234567", ["guest"], None),
    ("Ben Okafor", "+2347061234567", ["tenant", "lagos"], "41,000"),
]
OPTED_OUT = "+27821234567"

LIST = """Full name;Mobile No.;Rent amount;Groups;Newsletter
Amina Wanjiru;0712 345 678;26.500,00;Tenant | Nairobi;subscribed
Otieno Ouma;0722 000 111;18.500,00;Tenant | Kisumu;unsubscribed
Faith Njeri;0733 444 555;22.000,00;Tenant | Nairobi;subscribed
David Kamau;0711 222 333;27.000,00;Tenant | Thika;subscribed
Grace Achieng;2,54712E+11;19.000,00;Tenant;subscribed
Peter Mwangi;071 555;15.000,00;Tenant | Nakuru;subscribed
Thandi Ncube;+27 82 123 4567;9.800,00;Tenant | Durban;subscribed
"""


def main(browser, folder):
    """Take the screenshots of a service of their own."""
    with run_service() as service:
        context = browser.new_context(base_url=f"http://127.0.0.1:{service.port}", viewport=SIZE)
        sign_in(context, "owner@example.com", PASSWORD)
        page = context.new_page()
        add_contacts(context)
        page.goto("/contacts")
        page.screenshot(path=folder / "contacts.png")
        check_import(page)
        page.screenshot(path=folder / "import.png")


@contextmanager
def run_service():
    """Run the service with an empty list."""
    with tempfile.TemporaryDirectory(prefix="contacts-screenshots-") as folder:
        url = f"sqlite:///{folder}/contacts.db"
        migrate_and_seed(url)
        service = Service(environment(url, PORT=str(free_port())), Path(folder) / "log").wait()
        yield service
        service.stop()


def add_contacts(context):
    """Add the contacts, the first one last."""
    for name, phone, tags, rent in reversed(CONTACTS):
        row = {"name": name, "phone": phone, "tags": tags, "attributes": {"rent_amount": rent} if rent else {}}
        assert context.request.post("/internal/contacts", data=row | {"optedIn": phone != OPTED_OUT}).ok


def check_import(page):
    """Import the list up to its check."""
    page.goto("/contacts/imports/new")
    file = {"name": "tenants.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file])
    page.get_by_role("link", name="Check the rows").click()
    expect(page.locator("[data-import]")).to_be_focused()
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    with run_browser() as chromium:
        main(chromium, ROOT / "docs/images")
