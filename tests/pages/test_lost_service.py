"""The service goes away and comes back while somebody works in the page."""

import os
import re
import shutil
import signal

import pytest
from playwright.sync_api import expect

from tests.support.service import Service, environment, free_port

ROWS = 20_000


class Outage:
    """The service, which is killed and started again on the same port."""

    def __init__(self, env, folder):
        self.env = env
        self.log = folder / "log"
        self.port = int(env["PORT"])
        self.come_back()

    def go_away(self):
        for pid in (self.running.process.pid, *self.running.workers()):
            os.kill(pid, signal.SIGKILL)
        self.running.process.wait()

    def come_back(self):
        self.running = Service(self.env, self.log).wait()


@pytest.fixture
def service(golden_file, tmp_path):
    shutil.copy(golden_file, tmp_path / "contacts.db")
    outage = Outage(environment(f"sqlite:///{tmp_path / 'contacts.db'}", PORT=str(free_port())), tmp_path)
    yield outage
    if outage.running.process.poll() is None:
        outage.running.stop()


@pytest.fixture
def banner(page):
    return page.locator("#connection")


def test_an_import_goes_on_where_it_was(page, service, banner):
    rows = [f"Person {number},0712{number:06}" for number in range(ROWS)]
    content = "\n".join(["Name,Phone", *rows]).encode()
    page.goto("/contacts/imports/new")
    file = {"name": "long.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file])
    page.get_by_role("link", name="Check the rows").click()
    text = page.locator("[data-module=check] [data-progress-text]")
    expect(text).to_have_text(re.compile(r"^\d,000 of "))
    service.go_away()
    expect(banner).to_have_text("The service can't be reached. Trying again…")
    service.come_back()
    page.locator("[data-import]").click(timeout=30_000)
    expect(banner).to_be_hidden()
    text = page.locator("[data-module=run] [data-progress-text]")
    expect(text).to_have_text(re.compile(r"^[2-9],000 of 20,000 rows"))
    service.go_away()
    expect(banner).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    service.come_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=30_000)
    expect(banner).to_be_hidden()
    expect(page.locator("[data-count=created]")).to_have_text("20,000")
    expect(page.locator("[data-count=unchanged]")).to_have_text("0")


def test_what_is_typed_is_saved_when_the_service_is_back(page, service, banner):
    page.goto("/contacts/new")
    page.get_by_label("Phone number").fill("+254712000001")
    page.get_by_label("Name").fill("Amina")
    service.go_away()
    page.get_by_role("button", name="Add the contact").click()
    expect(banner).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Amina")
    service.come_back()
    expect(page).to_have_url(re.compile("/contacts/con_"))
    expect(banner).to_be_hidden()
    history = page.locator("[data-consent] li")
    expect(history).to_have_count(1)


def test_a_file_is_sent_when_the_service_is_back(page, service, banner):
    page.goto("/contacts/imports/new")
    service.go_away()
    file = {"name": "short.csv", "mimeType": "text/csv", "buffer": b"Name,Phone\nAmina,0712000001\n"}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file])
    expect(banner).to_be_visible()
    service.come_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Match the columns")
    imports = page.request.get("/internal/imports").json()["imports"]
    assert [found["fileName"] for found in imports] == ["short.csv"]
