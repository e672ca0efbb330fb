"""The list: search, filters in the address, more rows, an empty list, names of any kind."""

import itertools
import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd()|'/c calc'!A1",
    "محمد علي \u202e‮abc",
    "x" * 200,
    "{{ 7 * 7 }}",
    "\"'><b>",
]


def count(page, text):
    expect(page.locator("#count")).to_have_text(text)


def test_an_empty_list_says_what_to_do_first(open_page):
    page = open_page("stranger")
    page.goto("/contacts")
    count(page, "0 contacts")
    expect(page.get_by_role("link", name="Import a spreadsheet")).to_be_visible()
    page.get_by_role("link", name="add the first contact").click()
    page.get_by_label("Phone number", exact=True).fill("+254712000001")
    page.get_by_role("button", name="Add the contact").click()
    count(page, "1 contact")
    expect(page.get_by_role("link", name="No name")).to_be_focused()


def test_search_and_filters_are_the_address(page, post):
    post(
        {"phone": "+254712100001", "name": "Ann", "tags": ["vip", "Block A"]},
        {"phone": "+254712100002", "name": "Ben", "tags": ["vip"]},
        {"phone": "+254712100003", "name": "Cid", "optedIn": False},
    )
    page.goto("/contacts")
    search = page.get_by_label("Name or phone number")
    search.press_sequentially("71210", delay=30)
    count(page, "3 contacts match")
    expect(page).to_have_url(re.compile(r"\?q=71210$"))
    page.get_by_label("Consent").select_option("Opted out")
    count(page, "1 contact matches")
    expect(page.get_by_role("row", name="Cid")).to_be_visible()
    page.get_by_label("Consent").select_option("All")
    count(page, "3 contacts match")
    expect(page).to_have_url(re.compile(r"\?q=71210$"))
    tag = page.get_by_label("Tag", exact=True)
    tag.fill("vip")
    tag.press("Enter")
    count(page, "2 contacts match")
    tag.fill("block a")
    tag.press("Enter")
    count(page, "1 contact matches")
    expect(page).to_have_url(re.compile(r"\?tag=vip&q=71210&tag=block\+a$"))
    address = page.url
    page.get_by_role("link", name="Remove tag block a").click()
    count(page, "2 contacts match")
    expect(tag).to_be_focused()
    page.go_back()
    count(page, "1 contact matches")
    assert page.url == address
    expect(page.get_by_role("link", name="Remove tag vip")).to_be_visible()
    for _ in range(4):
        page.go_back()
    expect(page).to_have_url(re.compile(r"\?q=71210$"))
    expect(search).to_have_value("71210")
    count(page, "3 contacts match")
    page.goto(address)
    count(page, "1 contact matches")
    expect(search).to_have_value("71210")
    search.fill("nobody")
    expect(page.locator("#results")).to_contain_text("No contact matches.")
    page.get_by_role("link", name="Clear the filters").click()
    expect(search).to_have_value("")


def test_an_older_answer_never_replaces_a_newer_one(page, post):
    post({"phone": "+254712200001", "name": "Dora"}, {"phone": "+254712200002", "name": "Dorothy"})
    page.goto("/contacts")
    held = []
    page.route(re.compile(r"\?q=Dor$"), lambda route: held.append(route))
    page.get_by_label("Name or phone number").fill("Dor")
    page.wait_for_timeout(500)
    page.get_by_label("Name or phone number").fill("Doroth")
    count(page, "1 contact matches")
    assert len(held) == 1
    with suppress(Error):  # the request is cut off
        held[0].continue_()
    page.wait_for_timeout(500)
    count(page, "1 contact matches")


def test_going_back_quickly_ends_where_it_should(page, post):
    post({"phone": "+254712210001", "name": "Edith"}, {"phone": "+254712210002", "name": "Edna"})
    page.goto("/contacts?q=Ed")
    search = page.get_by_label("Name or phone number")
    for text, found in (("Edi", 1), ("Edna", 1), ("Edx", 0)):
        search.fill(text)
        search.press("Enter")
        expect(page.locator("#count")).to_have_text("1 contact matches" if found else "0 contacts match")
    page.route(re.compile(r"\?q=Ed(i|na)$"), lambda route: (time.sleep(0.3), route.continue_()))
    page.evaluate("history.back(); setTimeout(() => history.back(), 20); setTimeout(() => history.back(), 40)")
    count(page, "2 contacts match")
    page.wait_for_timeout(800)
    count(page, "2 contacts match")
    expect(search).to_have_value("Ed")


def test_more_than_a_page(page, post):
    for start in range(0, 1_100, 550):
        post(*({"phone": f"+25470{start + n:07}", "tags": ["many"]} for n in range(550)))
    page.goto("/contacts?tag=many")
    expect(page.locator("#count")).to_have_text("Showing 500 of 1,100 contacts, newest first")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("#count")).to_have_text("Showing 1,000 of 1,100 contacts, newest first")
    expect(page.locator("#results tbody tr a").nth(500)).to_be_focused()
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("#count")).to_have_text("Showing 1,100 of 1,100 contacts, newest first")
    expect(page.get_by_role("link", name="Load more")).to_have_count(0)
    assert page.locator("#results tbody tr").count() == 1_100
    assert (
        len(set(page.locator("#results tbody tr").evaluate_all("rows => rows.map(row => row.dataset.id)"))) == 1_100
    )


@pytest.mark.parametrize(("number", "name"), [*enumerate(HOSTILE)])
def test_names_stay_text(page, post, number, name):
    post({"phone": f"+25471230000{number}", "name": name, "tags": [name[:60]], "attributes": {name[:60]: name}})
    page.goto(f"/contacts?q=25471230000{number}")
    link = page.locator("tbody a")
    expect(link).to_have_text(name)
    expect(page.locator("tbody .tag")).to_have_text(name[:60])
    assert page.locator("tbody img, tbody b, [onerror]").count() == 0
    page.locator("tbody summary").click()
    expect(page.locator("tbody dd")).to_have_text(name)
    link.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=1)).to_have_text(name)
    expect(dialog.locator("#field-name")).to_have_value(name)
    assert dialog.locator("img, b").count() == 0
    page.get_by_role("link", name="Close").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_is_grouped_for_the_eye_and_copied_bare(page, post):
    post({"phone": "+254712400001", "name": "Copied"})
    page.goto("/contacts?q=Copied")
    phone = page.locator("tbody .phone")
    expect(phone).to_have_text("+254712400001")
    widths = phone.evaluate("phone => [...phone.children].map(part => part.getBoundingClientRect())")
    assert len(widths) == 3
    assert all(after["left"] > before["right"] for before, after in itertools.pairwise(widths))
    assert phone.evaluate(
        "phone => { getSelection().selectAllChildren(phone); return getSelection().toString() }"
    ) == ("+254712400001")


def test_moments_are_in_the_readers_zone(open_page, post):
    post({"phone": "+254712500001", "name": "Zoned"})
    page = open_page(timezone_id="Asia/Tokyo")
    page.goto("/contacts?q=Zoned")
    page.get_by_role("link", name="Zoned").click()
    shown = page.get_by_role("dialog").locator("time").first
    expect(shown).to_have_attribute("title", re.compile("GMT\\+9$"))


def test_the_list_and_its_filters_work_without_javascript(open_page, post):
    post({"phone": "+254712600001", "name": "Plain", "tags": ["old school"]})
    page = open_page(java_script_enabled=False)
    page.goto("/contacts")
    page.get_by_label("Name or phone number").fill("Plain")
    page.get_by_label("Tag", exact=True).fill("Old School")
    page.get_by_label("Consent").select_option("Opted in")
    page.get_by_role("button", name="Filter").click()
    count(page, "1 contact matches")
    page.get_by_role("link", name="Plain").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    page.go_back()
    page.get_by_role("link", name="Remove tag Old School").click()
    expect(page.get_by_label("Name or phone number")).to_have_value("Plain")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_export_is_of_the_whole_list_or_of_what_is_shown(page, post):
    post({"phone": "+254712700001", "name": "Exported", "tags": ["for export"]}, {"phone": "+254712700002"})
    page.goto("/contacts")
    expect(page.get_by_role("link", name="Export what the filter shows")).to_have_count(0)
    page.goto("/contacts?tag=for+export")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export what the filter shows").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert '"Exported","+254712700001"' in lines[1]
    with page.expect_download() as download:
        page.get_by_role("link", name="Export the whole list").click()
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) > 2


def test_a_lost_connection_is_said_and_mended(page, post):
    post({"phone": "+254712800001", "name": "Found again"})
    page.goto("/contacts")
    page.context.set_offline(True)
    page.get_by_label("Name or phone number").fill("Found again")
    expect(page.locator("#connection")).to_have_text("The service can't be reached. Trying again…")
    page.context.set_offline(False)
    count(page, "1 contact matches")
    expect(page.locator("#connection")).to_be_hidden()
