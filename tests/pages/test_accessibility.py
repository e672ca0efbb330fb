"""Every view and dialog passes axe, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.database import PASSWORD

OPTIONS = {"rules": {"target-size": {"enabled": True}}}


def assess(page):
    """Assert that axe finds nothing, and that nothing scrolls sideways."""
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()
    wide = (
        "[...document.querySelectorAll('html, .table-responsive')].filter(box => box.scrollWidth > box.clientWidth)"
    )
    assert page.evaluate(f"{wide}.length") == 0


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_and_dialog(open_page, width, scheme):
    page = open_page(None, color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.goto("/sign-in")
    assess(page)
    page.get_by_label("Email address").fill("owner@example.com")
    page.get_by_label("Password").fill("wrong wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assess(page)
    assert page.request.post("/session", data={"email": "owner@example.com", "password": PASSWORD}).ok
    rows = [
        {
            "phone": f"+2547120000{n:02}",
            "name": f"Amina {n}",
            "tags": ["tenant", "Block A"],
            "attributes": {"rent": n},
        }
        for n in range(20)
    ]
    rows[0]["optedIn"] = False
    page.request.post("/internal/contacts/bulk", data={"contacts": rows})
    page.goto("/contacts?tag=tenant")
    page.locator("tbody summary").first.evaluate("summary => summary.click()")
    assess(page)
    page.locator("tbody a").last.click()
    page.get_by_role("button", name="Add an attribute").click()
    page.locator("#contact-dialog summary").first.click()
    assess(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    assess(page)
    assert page.request.post("/session", data={"email": "owner@example.com", "password": PASSWORD}).ok
    page.goto("/contacts/new")
    page.get_by_role("button", name="Add the contact").click()
    expect(page.locator("[data-problems]")).to_be_focused()
    assess(page)
    page.goto("/contacts?q=nobody+at+all")
    assess(page)
    page.goto("/contacts/con_x")
    assess(page)
    page.goto("/contacts/imports/new")
    assess(page)
    content = b"Name;Phone;Rent;Opt-out\nAmina;0712000001;1;\nBrian;071;2;\nChipo;0712000099;3;yes\n"
    page.locator("#field-file").set_input_files(
        [{"name": f"{'long_name_' * 12}.csv", "mimeType": "", "buffer": content}]
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Match the columns")
    page.locator("summary", has_text="Not right?").click()
    assess(page)
    page.get_by_role("link", name="Check the rows").click()
    expect(page.locator("[data-ready]")).to_be_visible()
    assess(page)
    page.locator("[data-import]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")
    page.locator("summary", has_text="Take this import back").click()
    assess(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Taken back")
    assess(page)
    page.goto("/contacts/imports")
    assess(page)
    page.goto("/contacts/templates")
    page.get_by_label("Text of the message").fill("Hi {{1}}, your rent is {{2}}.")
    page.get_by_label("Attribute for {{2}}").fill("nothing")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#readiness")).to_be_visible()
    assess(page)
