"""Every task is done with the keyboard alone."""

import re

from playwright.sync_api import expect

from tests.support.database import PASSWORD


def reach(page, name, most=80):
    """Press Tab until the element with this name has the focus; it must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.evaluate(
            """(element, name) => {
                const labels = [...(element.labels ?? [])].map((label) => label.textContent);
                const texts = [element.getAttribute("aria-label"), ...labels, element.textContent];
                return texts.some((text) => text?.trim().startsWith(name));
            }""",
            name,
        ):
            box = focused.bounding_box()
            assert box["width"] > 0
            assert box["height"] > 0
            return focused
    raise AssertionError(f"{name} isn't reached")


def press(page, name, key="Enter"):
    reach(page, name)
    page.keyboard.press(key)


def write(page, name, text):
    reach(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_add_find_edit_opt_out_and_in(open_page):
    page = open_page(None)
    page.goto("/")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type("owner@example.com")
    write(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")
    press(page, "Add a contact")
    expect(page.get_by_role("heading", name="Add a contact")).to_be_focused()
    write(page, "Phone number", "0712345601")
    write(page, "Name", "Keyed")
    write(page, "Tags", "typed")
    page.keyboard.press("Enter")
    press(page, "Add an attribute")
    page.keyboard.type("rent")
    write(page, "Value", "5")
    press(page, "Add the contact")
    expect(page.get_by_role("link", name="Keyed")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keyed")).to_be_focused()
    press(page, "Remove tag typed")
    press(page, "Opt out")
    expect(page.get_by_role("heading", name="Consent: opted out")).to_be_focused()
    press(page, "Opt back in")
    press(page, "This person has asked", "Space")
    press(page, "Opt in")
    expect(page.get_by_role("heading", name="Consent: opted in")).to_be_focused()
    page.once("dialog", lambda question: question.accept())
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Keyed")).to_be_focused()
    page.reload()
    write(page, "Name or phone number", "nobody")
    expect(page.locator("#results")).to_contain_text("No contact matches.")
    press(page, "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_import_and_take_back(page, tmp_path):
    (tmp_path / "list.csv").write_text("Who,Phone,Rent\nAmina,0712345611,5\nBrian,071,6\n")
    page.goto("/contacts")
    press(page, "Imports")
    expect(page).to_have_url(re.compile("/contacts/imports$"))
    press(page, "Import a list")
    expect(page).to_have_url(re.compile("/contacts/imports/new$"))
    reach(page, "Spreadsheet with the contacts")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "list.csv")
    expect(page.get_by_role("heading", name="Match the columns")).to_be_focused()
    reach(page, "What Who becomes")
    page.keyboard.type("Name")
    expect(page.locator("#status")).to_have_text("Saved")
    press(page, "Check the rows")
    expect(page.locator("[data-import]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Imported")).to_be_focused()
    press(page, "Take this import back")
    press(page, "Take it back")
    expect(page.get_by_role("heading", name="Taken back")).to_be_focused()


def test_check_a_template(page):
    page.goto("/contacts/templates")
    write(page, "Text of the message", "Hi {{1}}")
    press(page, "Check")
    expect(page.get_by_role("heading", name="Result")).to_be_focused()
