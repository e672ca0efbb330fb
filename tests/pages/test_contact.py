"""Add and edit a contact: errors at their fields, tags, attributes, consent."""

import re

import pytest
from playwright.sync_api import expect

NUMBERS = iter(range(254_711_000_001, 254_711_999_999))


@pytest.fixture
def edit(page, post):
    """A function: creates a contact, opens it from the list, and returns its dialog and its phone."""

    def open_contact(**fields):
        phone = f"+{next(NUMBERS)}"
        post({"phone": phone, **fields})
        page.goto(f"/contacts?q={phone[1:]}")
        page.locator("tbody a").click()
        return page.locator("#contact-dialog"), phone

    return open_contact


@pytest.fixture
def stored(page):
    """A function: the contact with a phone, as the API returns it."""

    def get(phone):
        (contact,) = page.request.get(f"/internal/contacts?q={phone[1:]}").json()["contacts"]
        return contact

    return get


def save(dialog):
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def test_a_contact_is_added(page, stored):
    page.goto("/contacts")
    page.get_by_role("link", name="Add a contact").click()
    expect(page).to_have_url(re.compile("/contacts/new$"))
    dialog = page.get_by_role("dialog", name="Add a contact")
    dialog.get_by_label("Phone number").fill("0712 900 001")
    dialog.get_by_label("Name").fill("Amina Otieno")
    dialog.get_by_label("Tags", exact=True).fill("tenant")
    dialog.get_by_role("button", name="Add the tag").click()
    dialog.get_by_label("Tags", exact=True).fill("Block A")  # and not added by the button
    dialog.get_by_role("button", name="Add an attribute").click()
    dialog.get_by_label("Key").fill("rent")
    dialog.get_by_label("Value").fill("25000")
    dialog.get_by_label("This person has opted out").check()
    dialog.get_by_role("button", name="Add the contact").click()
    row = page.get_by_role("row", name="Amina Otieno")
    expect(row).to_contain_text("Opted out")
    expect(row.get_by_role("link")).to_be_focused()
    expect(page).to_have_url(re.compile("/contacts$"))
    contact = stored("+254712900001")
    assert contact["tags"] == ["tenant", "Block A"]
    assert (contact["attributes"], contact["optedIn"]) == ({"rent": "25000"}, False)


def test_errors_stand_at_their_fields(page):
    page.goto("/contacts/new")
    page.get_by_label("Phone number", exact=True).fill("0712")
    page.get_by_label("Name").fill("x" * 201)
    page.get_by_label("Tags", exact=True).evaluate("input => input.removeAttribute('maxlength')")
    page.get_by_label("Tags", exact=True).fill("t" * 65)
    page.get_by_role("button", name="Add an attribute").click()
    page.get_by_label("Value").fill("without a key")
    page.get_by_role("button", name="Add the contact").click()
    summary = page.locator("[data-problems]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(4)
    expect(page).to_have_title(re.compile("^Error: Add a contact"))
    for name in ("phone", "name", "tags"):
        field = page.locator(f"#field-{name}")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#error-{name}")).to_be_visible()
        assert f"error-{name}" in field.get_attribute("aria-describedby")
    expect(page.locator("#error-phone")).to_have_text(
        re.compile("too short for a phone number of KE; add the missing")
    )
    summary.get_by_role("link", name=re.compile("^Name: has more than 200")).click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Phone number", exact=True).fill("0712900002")
    page.get_by_label("Name").fill("Ben")
    page.get_by_label("Tags", exact=True).fill("ok")
    page.get_by_role("button", name="Remove the attribute").click()
    page.get_by_role("button", name="Add the contact").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben")
    expect(page).to_have_url(re.compile("/contacts/con_"))


def test_a_phone_that_is_in_the_list_already_is_said(page, post):
    post({"phone": "+254712900003", "name": "Old"})
    page.goto("/contacts")
    page.get_by_role("link", name="Add a contact").click()
    page.get_by_role("dialog").get_by_label("Phone number").fill("0712900003")
    page.get_by_role("dialog").get_by_label("Name").fill("New")
    page.get_by_role("button", name="Add the contact").click()
    status = page.locator("#status")
    expect(status).to_have_text("This phone number was in the list already. Its contact now has what you typed.")
    expect(status).to_be_in_viewport()
    expect(page.get_by_role("row", name="New")).to_have_count(1)


def test_what_is_stored_of_a_new_contact_is_said(page, post):
    post({"phone": "+254712900004", "optedIn": False})
    for phone, said in (
        ("0712900004", re.compile("already.* It has opted out, and stays so.$")),
        ("+254171234567", re.compile("^Added. phone: .*")),
    ):
        page.goto("/contacts/new")
        page.get_by_label("Phone number").fill(phone)
        page.get_by_role("button", name="Add the contact").click()
        expect(page.locator("#status")).to_have_text(said)


def test_what_is_done_is_said_in_a_dialog_too(page, edit):
    dialog, _ = edit(name="Ann")
    for button, said in (("Copy", "Copied"), ("Opt out", "Opted out")):
        dialog.get_by_role("button", name=button).click()
        expect(dialog.get_by_role("status")).to_have_text(said)
        expect(dialog.get_by_role("status")).to_be_in_viewport()
    dialog.get_by_role("link", name="Close").click()
    page.get_by_label("Name or phone number").fill("nobody at all")
    expect(page.get_by_role("status")).to_have_text("0 contacts match")


def test_back_leads_to_the_same_place_in_the_list(page, post):
    post(*({"phone": f"+2547129{number:05}", "name": f"Many {number}", "tags": ["many"]} for number in range(600)))
    page.goto("/contacts?tag=many")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("#results tbody tr")).to_have_count(600)
    page.get_by_role("link", name="Many 7", exact=True).click()
    expect(page.locator("#contact-dialog")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.locator("#contact-dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile("tag=many$"))
    expect(page.locator("#results tbody tr")).to_have_count(600)
    expect(page.get_by_role("link", name="Many 7", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="Many 7", exact=True)).to_be_in_viewport()


def test_a_key_that_stands_twice_is_refused(page, edit, stored):
    dialog, phone = edit(name="Ann", attributes={"rent": "1"})
    dialog.get_by_role("button", name="Add an attribute").click()
    dialog.get_by_label("Key").last.fill("rent")
    dialog.get_by_label("Value").last.fill("2")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#error-attributes")).to_contain_text("has the key \u201crent\u201d twice")
    assert stored(phone)["attributes"] == {"rent": "1"}


def test_an_edit_is_seen_in_the_list(page, edit, stored):
    dialog, phone = edit(
        name="Ann", tags=["a", "b"], attributes={"town": "Thika", "rent": 5, "paid": True, "note": "1\n2"}
    )
    dialog.get_by_label("Name").fill("Anna")
    dialog.get_by_role("button", name="Remove tag a").click()
    expect(dialog.get_by_role("button", name="Remove tag b")).to_be_focused()
    dialog.get_by_label("Tags", exact=True).fill("c")
    dialog.get_by_label("Tags", exact=True).press("Enter")
    rows = dialog.locator("[data-row]")
    rows.nth(0).get_by_label("Key").fill("city")
    rows.nth(1).get_by_label("Value").fill("6.5")
    rows.nth(2).get_by_role("button").click()
    save(dialog)
    row = page.get_by_role("row", name="Anna")
    expect(row.locator(".tag")).to_have_text(["b", "c"])
    expect(row.get_by_role("link")).to_be_focused()
    contact = stored(phone)
    assert contact["attributes"] == {"rent": 6.5, "note": "1\n2", "city": "Thika"}
    assert contact["tags"] == ["b", "c"]


def test_what_is_not_edited_is_not_sent(page, edit, stored):
    dialog, phone = edit(name="Ann", attributes={"big": 9007199254740993, "lines": "a\r\nb"})
    before = stored(phone)
    dialog.get_by_label("Tags", exact=True).fill("new")
    save(dialog)
    after = stored(phone)
    assert after["attributes"] == before["attributes"] == {"big": 9007199254740993, "lines": "a\r\nb"}
    assert after["tags"] == ["new"]


def test_opting_out_is_at_once_and_opting_in_needs_a_sentence(page, edit, stored):
    dialog, phone = edit(name="Ann")
    dialog.get_by_role("button", name="Opt out").click()
    expect(dialog.get_by_role("heading", name="Consent: opted out")).to_be_focused()
    expect(dialog.locator(".history li")).to_have_count(2)
    expect(dialog.locator(".history li").first).to_contain_text("opted out, by hand, owner@example.com")
    assert stored(phone)["optedIn"] is False
    dialog.locator("summary", has_text="Opt back in").click()
    dialog.get_by_role("button", name="Opt in").click()
    assert stored(phone)["optedIn"] is False
    dialog.get_by_label("This person has asked for messages again.").check()
    dialog.get_by_role("button", name="Opt in").click()
    expect(dialog.get_by_role("heading", name="Consent: opted in")).to_be_focused()
    assert stored(phone)["optedIn"] is True
    dialog.get_by_role("link", name="Close").click()
    expect(page.locator("tbody tr")).to_contain_text("Opted in")


@pytest.mark.parametrize("way", ["Escape", "Close", "back"])
def test_typed_data_is_not_lost_without_a_question(page, edit, way):
    dialog, _ = edit(name="Ann")
    dialog.get_by_label("Name").fill("Anna")
    leave = {
        "Escape": lambda: page.keyboard.press("Escape"),
        "Close": lambda: dialog.get_by_role("link", name="Close").click(),
        "back": lambda: page.evaluate("history.back()"),
    }[way]
    asked = []
    page.once("dialog", lambda question: asked.append(question.message) or question.dismiss())
    leave()
    page.wait_for_timeout(300)
    expect(dialog.get_by_label("Name")).to_have_value("Anna")
    assert asked == ["Leave without saving?"]
    page.once("dialog", lambda question: question.accept())
    leave()
    expect(page.locator("#contact-dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/contacts\?q="))


def test_a_click_outside_leaves_the_dialog_open(page, edit):
    dialog, _ = edit(name="Ann")
    page.mouse.click(5, 5)
    expect(dialog).to_be_visible()


def test_a_contact_has_its_own_address(page, edit, stored):
    _, phone = edit(name="Ann")
    address = f"/contacts/{stored(phone)['id']}"
    expect(page).to_have_url(re.compile(f"{address}$"))
    page.reload()
    page.get_by_label("Name").fill("Addressed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Addressed")
    expect(page.locator("#status")).to_have_text("Saved")


def test_an_unknown_contact_is_a_page_that_says_so(page):
    answer = page.goto("/contacts/con_01JD3Z6V9T7Q8M2K5R4X1W0YBC")
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("no contact with this id")


def test_a_contact_that_is_gone_meanwhile(page, edit):
    dialog, _ = edit(name="Ann")
    page.route(
        "**/internal/contacts/con_*", lambda route: route.continue_(url=re.sub("con_.*", "con_x", route.request.url))
    )
    dialog.get_by_label("Name").fill("Anna")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("contact")
    expect(dialog.get_by_label("Name")).to_have_value("Anna")
