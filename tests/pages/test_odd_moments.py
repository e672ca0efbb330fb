"""What people do at odd moments: go back during an import, click twice, edit in two windows, are signed out."""

import re

from playwright.sync_api import expect

from tests.support.database import PASSWORD
from tests.support.service import flask


def start_import(page, rows=30_000):
    lines = ["Name,Phone", *(f"Person {number},0715{number:06}" for number in range(rows))]
    page.goto("/contacts/imports/new")
    file = {"name": "long.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file])
    page.get_by_role("link", name="Check the rows").click()
    page.locator("[data-import]").click(timeout=30_000)
    expect(page.locator("[data-progress-text]")).to_have_text(re.compile(r"^\d?\d,000 of .* left$"))


def test_back_stops_an_import_which_can_go_on(page):
    start_import(page)
    page.go_back()
    page.wait_for_timeout(1_500)
    address = page.url.replace("/contacts/", "/internal/").partition("?")[0]
    first = page.request.get(address).json()
    page.wait_for_timeout(1_000)
    assert page.request.get(address).json() == first
    assert first["state"] == "paused"
    page.get_by_role("button", name="Go on").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=60_000)


def test_a_session_that_ends_during_an_import(page, service):
    start_import(page)
    flask(service.env, "users", "set", "owner@example.com", "--sign-out")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible(timeout=60_000)
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=60_000)


def test_two_clicks_add_one_contact(page):
    page.goto("/contacts/new")
    page.get_by_label("Phone number").fill("+254716000001")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.get_by_role("button", name="Add the contact").dblclick()
    expect(page).to_have_url(re.compile("/contacts/con_"))
    assert len(sent) == 1


def test_two_windows_edit_a_contact(page, open_page, post):
    post({"phone": "+254716000002", "name": "Ann", "tags": ["old", "gone"]})
    other = open_page()
    for window in (page, other):
        window.goto("/contacts?q=%2B254716000002")
        window.get_by_role("link", name="Ann").click()
    page.get_by_label("Name", exact=True).fill("Anna")
    page.get_by_role("button", name="Remove tag gone").click()
    page.get_by_label("Tags", exact=True).fill("first")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#contact-dialog")).to_be_hidden()
    other.get_by_role("button", name="Remove tag old").click()
    other.get_by_label("Tags", exact=True).fill("second")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("link", name="Anna")).to_be_visible()
    stored = page.request.get("/internal/contacts?q=%2B254716000002").json()["contacts"][0]
    assert (stored["name"], stored["tags"]) == ("Anna", ["first", "second"])


def test_a_connection_that_is_lost_in_a_dialog_is_said_there(page):
    page.goto("/contacts/")
    page.goto("/contacts")
    page.get_by_role("link", name="Add a contact").first.click()
    dialog = page.locator("#contact-dialog")
    dialog.get_by_label("Phone number").fill("+254716000003")
    page.route("**/internal/contacts", lambda route: route.abort())
    dialog.get_by_role("button", name="Add the contact").click()
    expect(dialog.locator("#connection")).to_be_in_viewport()
    page.unroute("**/internal/contacts")
    expect(dialog).to_be_hidden(timeout=20_000)
    expect(page.locator("#connection")).to_be_hidden()


def test_without_scripts_contacts_are_read_and_no_form_sends_what_is_typed(open_page, post):
    post({"phone": "+254716000009", "tags": ["read me"], "attributes": {"town": "Thika"}})
    page = open_page(java_script_enabled=False)
    for address, label in (("/contacts/new", "Phone number"), ("/contacts/templates", "Text of the message")):
        page.goto(address)
        expect(page.get_by_text("All else needs it.")).to_be_visible()
        page.get_by_label(label).fill("typed")
        page.locator("main button.btn-primary").click()
        page.wait_for_timeout(200)
        assert page.url.endswith(address)
    page.goto("/contacts?q=%2B254716000009")
    page.locator("tbody a").click()
    expect(page.locator(".chips li")).to_have_text(["read me"])
    expect(page.locator("article .without-scripts")).to_contain_text("town")


def test_a_search_after_the_session_has_ended(page, service):
    page.goto("/contacts")
    flask(service.env, "users", "set", "owner@example.com", "--sign-out")
    page.get_by_label("Name or phone number").focus()
    page.keyboard.type("some", delay=500)
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Password")).to_have_value("")
    dialog.get_by_role("button", name="Not now").click()
    problem = page.locator("[data-module=list] [data-problems]")
    expect(problem).to_have_text("You are signed out. Sign in to go on. The list is as it was.")
    assert page.request.post("/session", data={"email": "owner@example.com", "password": PASSWORD}).ok
    page.get_by_label("Name or phone number").fill("some")
    expect(problem).to_be_hidden()


def test_a_search_ends_the_loading_of_more(page, post):
    post(*({"phone": f"+2547180{number:05}", "name": f"More {number}", "tags": ["more"]} for number in range(700)))
    page.goto("/contacts?tag=more")
    page.route("**/contacts?cursor*", lambda route: page.wait_for_timeout(1_000) or route.continue_())
    page.locator("#more").click()
    page.get_by_label("Name or phone number").fill("More 699")
    expect(page.locator("#count")).to_have_text("1 contact matches")
    page.wait_for_timeout(1_500)
    expect(page.locator("#results tbody tr")).to_have_count(1)


def test_more_after_the_session_has_ended(page, service, post):
    post(*({"phone": f"+2547190{number:05}", "tags": ["ended"]} for number in range(600)))
    page.goto("/contacts?tag=ended")
    flask(service.env, "users", "set", "owner@example.com", "--sign-out")
    for _ in range(2):
        page.locator("#more").click()
        dialog = page.get_by_role("dialog", name="Your session has ended")
        dialog.get_by_role("button", name="Not now").click()
        expect(page.locator("[data-module=list] [data-problems]")).to_contain_text("You are signed out.")
    page.get_by_role("link", name="No name").first.click()
    dialog.get_by_role("button", name="Not now").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_link_to_the_content_leaves_what_is_typed(page):
    page.goto("/contacts/templates")
    page.get_by_label("Text of the message").fill("Hi {{1}}")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    expect(page.get_by_label("Text of the message")).to_have_value("Hi {{1}}")
    page.get_by_role("link", name="Contacts", exact=True).click()
    page.go_back()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#readiness")).to_be_visible()


def test_a_contact_that_no_longer_matches_leaves_the_list(page, post):
    post(*({"phone": f"+254718100{number:03}", "name": f"In {number}", "tags": ["in"]} for number in range(3)))
    page.goto("/contacts?tag=in&optedIn=true")
    page.get_by_role("link", name="In 1").click()
    dialog = page.locator("#contact-dialog")
    dialog.get_by_role("button", name="Opt out").click()
    expect(dialog.get_by_role("status")).to_have_text("Opted out")
    dialog.get_by_role("link", name="Close").click()
    expect(page.locator("#count")).to_have_text("2 contacts match")
    expect(page.get_by_role("link", name="In 1")).to_have_count(0)
    page.get_by_role("link", name="In 2").click()
    dialog.get_by_role("button", name="Remove tag in").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#count")).to_have_text("1 contact matches")
    expect(page.get_by_role("link", name="In 0")).to_be_focused()


def test_what_is_done_quickly_happens_once(page, post):
    post(*({"phone": f"+2547170{number:05}", "name": f"Quick {number}", "tags": ["quick"]} for number in range(900)))
    page.goto("/contacts?tag=quick")
    page.locator("#more").dblclick()
    expect(page.locator("#results tbody tr")).to_have_count(900)
    page.get_by_role("link", name="Quick 899").dblclick()
    expect(page.locator("#contact-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/contacts\?tag=quick$"))


def test_a_form_that_is_not_to_be_left_stays(page):
    asked = []
    page.on("dialog", lambda question: (asked.append(question), question.dismiss()))
    page.goto("/contacts")
    page.get_by_role("link", name="Add a contact").first.click()
    page.locator("#contact-dialog").get_by_label("Name").fill("Typed")
    for _ in range(4):
        page.keyboard.press("Escape")
    expect(page.locator("#contact-dialog").get_by_label("Name")).to_have_value("Typed")
    assert len(asked) == 4


def test_what_a_run_warns_of_is_said_at_the_check(page):
    page.goto("/contacts/imports/new")
    content = b"Name,Phone\nAnn,+254171234567\nBen,0718000001\n"
    file = {"name": "warned.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file])
    page.get_by_label("Tags to add to all", exact=True).fill("typed only")
    page.get_by_role("link", name="Check the rows").click()
    expect(page.locator("[data-import]")).to_be_visible()
    warned = page.locator("[data-warnings] li").all_inner_texts()
    assert any("(line 2)" in text for text in warned), warned
    page.locator("[data-import]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")
    assert page.locator("[data-warnings] li").all_inner_texts() == warned
    listed = page.request.get("/internal/contacts?tag=typed+only").json()["contacts"]
    assert len(listed) == 2
