"""The check of a template."""

from playwright.sync_api import expect


def test_a_template_is_checked_and_a_contact_mended(page, post):
    post(
        {"phone": "+254712345601", "name": "Ann", "attributes": {"rent": 5}},
        {"phone": "+254712345602", "name": "Ben <b>", "attributes": {"town": "Thika"}},
        {"phone": "+254712345603", "name": "Cid", "optedIn": False},
    )
    page.goto("/contacts/templates")
    page.get_by_label("Text of the message").fill("Hi {{1}}, your rent is {{2}}.")
    expect(page.get_by_label("Attribute for {{1}}")).to_have_value("name")
    expect(page.get_by_label("Attribute for {{2}}")).to_have_value("rent")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="Result")).to_be_focused()
    expect(page.locator("#readiness dd")).to_have_text(["1", "0", "1"])
    expect(page.locator("[data-missing]")).to_have_text("1 lacks a value for {{2}}")
    expect(page.locator("#readiness")).to_contain_text("Hi Ann, your rent is 5.")
    page.get_by_role("link", name="Ben <b>").click()
    dialog = page.locator("#contact-dialog")
    dialog.get_by_role("button", name="Add an attribute").click()
    dialog.get_by_label("Key").last.fill("rent")
    dialog.get_by_label("Value").last.fill("7")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#readiness dd")).to_have_text(["2", "0", "0"])
    page.get_by_label("If {{2}} has no value (optional)").fill("the rent")
    page.get_by_label("Attribute for {{2}}").fill("nothing")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#readiness dd")).to_have_text(["0", "2", "0"])


def test_a_faulty_template_is_refused(page):
    page.goto("/contacts/templates")
    page.get_by_label("Text of the message").fill("Hi {{name}}")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("[data-problems]")).to_be_focused()
    expect(page.locator("[data-problems]")).to_contain_text("is not a placeholder")


def test_what_a_check_needs_is_said_at_its_field(page):
    page.goto("/contacts/templates")
    check = page.get_by_role("button", name="Check", exact=True)
    check.click()
    expect(page.locator("#error-body")).to_have_text("Text of the message: Write the text first.")
    page.get_by_label("Text of the message").fill("Paid: {{1}}, {{2}}")
    check.click()
    summary = page.locator("[data-problems]")
    expect(summary).to_contain_text("Attribute for {{1}}: Choose an attribute, or write a text for all.")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Attribute for {{1}}")).to_be_focused()
    for number in (1, 2):
        page.get_by_label(f"If {{{{{number}}}}} has no value (optional)").fill(f"text {number}")
    page.get_by_label("Only contacts with this tag").fill("nobody has this")
    check.click()
    expect(page.get_by_text("Nobody would get it")).to_be_visible()
