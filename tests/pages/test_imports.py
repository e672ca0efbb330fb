"""An import, from the file to its undo."""

import csv
import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.support.service import ROOT

LISTS = ROOT / "tests/imports/lists"
COUNTS = ("created", "updated", "unchanged", "failed")


def make_tenants(rows, first=0):
    """Return a list as an office has it, in Windows-1252. One row in 50 has a bad phone."""
    lines = ["Full name;Mobile No.;Rent amount;Invoice No;Groups"]
    for number in range(first, first + rows):
        spellings = f"0712{number:06}", f"254712{number:06}", f"+254 712 {number:06}"
        phone = spellings[number % 3] if number % 50 else "2,54712E+11"
        lines.append(f"Zo\u00eb M\u00fcller {number};{phone};18 500;ALF-{number:04};Tenant | VIP")
    return "\r\n".join(lines).encode("windows-1252")


def choose(page, name, content=None):
    """Choose a file, and wait for its columns."""
    page.goto("/contacts/imports/new")
    file = {"name": name, "mimeType": "", "buffer": content or (LISTS / name).read_bytes()}
    page.get_by_label("Spreadsheet with the contacts").set_input_files([file], timeout=30_000)


def match(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Match the columns")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def check(page):
    page.get_by_role("link", name="Check the rows").click()
    expect(page.locator("[data-ready]")).to_be_visible(timeout=30_000)


def run(page):
    page.locator("[data-import]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=30_000)


def counts(page):
    return [int(page.locator(f"[data-count={name}]").inner_text().replace(",", "")) for name in COUNTS]


def undo(page):
    page.locator("summary", has_text="Take this import back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Taken back", timeout=30_000)


def total(page):
    return page.goto("/contacts") and page.locator("#count").inner_text()


def test_the_whole_import_of_a_list(page):
    before = total(page)
    choose(page, "tenants.csv", make_tenants(5_000))
    match(page)
    expect(page.locator("main")).to_contain_text(
        "CSV, Windows-1252, columns separated by semicolons, header in line 1"
    )
    row = page.get_by_role("row", name="Rent amount")
    expect(row).to_contain_text("18 500")
    expect(row).to_contain_text("5,000 of 5,000")
    row.get_by_label("Key of the attribute Rent amount").fill("rent")
    row.get_by_label("Key of the attribute Rent amount").press("Tab")
    expect(page.locator("#status")).to_have_text("Saved")
    page.get_by_label("What Invoice No becomes").select_option("Leave out")
    expect(page.get_by_role("row", name="Invoice No")).to_contain_text("as asked")
    expect(page.get_by_label("What Invoice No becomes")).to_be_focused()
    page.get_by_label("Tags to add to all", exact=True).fill("import-test")
    page.get_by_role("button", name="Add the tag").click()
    expect(page.locator("#status")).to_have_text("Saved")
    page.reload()
    expect(page.get_by_label("Key of the attribute Rent amount")).to_have_value("rent")
    expect(page.get_by_role("button", name="Remove tag import-test")).to_be_visible()
    check(page)
    assert counts(page) == [4_900, 0, 0, 100]
    expect(page.locator("[data-import]")).to_have_text("Import 4,900 of 5,000 rows")
    expect(page.locator("[data-groups]")).to_contain_text("100 rows: a spreadsheet has shortened it")
    problems = page.get_by_role("region", name="Refused rows").locator("tbody tr")
    expect(problems).to_have_count(50)
    expect(problems.nth(1).locator("td")).to_have_text(
        ["52", "Mobile No. B", "2,54712E+11", re.compile("^a spreadsheet has shortened it")]
    )
    page.get_by_role("button", name="Show 50 more").click()
    expect(problems).to_have_count(100)
    expect(problems.nth(50)).to_be_focused()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    assert download.value.suggested_filename == "tenants.failed.csv"
    refused = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert len(refused) == 101
    assert total(page) == before
    page.go_back()
    run(page)
    assert counts(page) == [4_900, 0, 0, 100]
    expect(page.locator("main")).to_contain_text("The first 50 are")
    expect(page.get_by_role("region", name="Table of contacts").locator("tbody tr")).to_have_count(20)
    page.get_by_role("link", name="See the contacts").click()
    contact = page.request.get("/internal/contacts?q=254712000001").json()["contacts"][0]
    assert contact["name"] == "Zo\u00eb M\u00fcller 1"
    assert contact["tags"] == ["Tenant", "VIP", "import-test"]
    assert contact["attributes"] == {"rent": "18 500"}
    page.goto("/contacts/imports")
    row = page.get_by_role("row", name="tenants.csv").first
    expect(row.locator("td")).to_contain_text(["Done", "5,000", "4,900", "0", "0", "100", "", "owner@example.com"])
    row.get_by_role("link").click()
    undo(page)
    expect(page.locator("main")).to_contain_text("4,900 contacts removed, 0 restored.")
    assert total(page) == before


@pytest.mark.parametrize(
    ("name", "expected", "notes"),
    [
        ("status.csv", [3, 0, 0, 0], "2 people are marked as unsubscribed; they will be opted out"),
        ("title-rows.csv", [2, 0, 0, 0], "header in line 4"),
        ("country-names.csv", [8, 0, 0, 0], "Country"),
    ],
)
def test_lists_as_people_have_them(page, name, expected, notes):
    choose(page, name)
    match(page)
    expect(page.locator("main")).to_contain_text(notes)
    check(page)
    assert counts(page) == expected
    run(page)
    assert counts(page) == expected
    undo(page)


def test_a_workbook(page, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Name", "WhatsApp", "Opted out"])
    book.active.append(["Amina", 254713000001, None])
    book.active.append(["Brian", "0713 000 002", "yes"])
    book.active.append(["Chipo", "no phone", None])
    book.create_sheet("Old ones").append(["Dee", "0713 000 003", None])
    book.save(tmp_path / "book.xlsx")
    choose(page, "book.xlsx", (tmp_path / "book.xlsx").read_bytes())
    match(page)
    expect(page.locator("main")).to_contain_text("XLSX")
    sheets = page.get_by_text('only the sheet "Sheet" is read, "Old ones" is not')
    expect(sheets).to_be_visible()
    page.get_by_label("Phone numbers without a country are of").select_option("Kenya")
    page.get_by_label("What Name becomes").select_option("Leave out")
    expect(page.get_by_role("row", name="Name")).to_contain_text("as asked")
    expect(sheets).to_be_visible()
    check(page)
    assert counts(page) == [2, 0, 0, 1]
    expect(page.locator("[data-count=optedOut]")).to_have_text("1")
    run(page)
    undo(page)


def test_updates_are_shown_before_they_are_written(page, post):
    post(
        {"phone": "+254714000001", "name": "Ann", "tags": ["old"], "attributes": {"town": "Thika"}},
        {"phone": "+254714000002", "name": "Ben", "optedIn": False},
        {"phone": "+254714000003", "name": "Cid"},
    )
    choose(
        page,
        "again.csv",
        b"Phone,Name,Town,Opt-in\n0714000001,Anna,Ruiru,yes\n0714000002,Ben,,yes\n0714000003,Cid,,\n",
    )
    match(page)
    check(page)
    assert counts(page) == [0, 1, 2, 0]
    expect(page.locator("[data-count=optOutsKept]")).to_have_text("1")
    updates = page.get_by_role("region", name="Some of the updates").locator("tbody tr")
    expect(updates.nth(0).locator("td")).to_have_text(["2", "+254714000001", "Name", "Ann", "Anna"])
    expect(updates.nth(1).locator("td")).to_have_text(["2", "+254714000001", "town", "Thika", "Ruiru"])


def test_a_list_without_phones_says_which_columns_it_has(page):
    choose(page, "names.csv", b"Who,Reach\nAmina,nowhere\nBrian,0714000009\n")
    match(page)
    alert = page.locator("[data-module=match] > [data-problems]")
    expect(alert).to_contain_text("Your file has \u201cWho\u201d, \u201cReach\u201d. Which one holds them?")
    expect(page.get_by_role("link", name="Check the rows")).to_have_count(0)
    page.goto(f"{page.url}?step=check")
    match_heading = page.get_by_role("heading", level=1)
    expect(match_heading).to_have_text("Match the columns")
    page.get_by_label("What Reach becomes").select_option("Phone number")
    expect(alert).to_be_hidden()
    check(page)
    assert counts(page) == [1, 0, 0, 1]


def test_a_field_is_taken_from_one_column(page):
    choose(page, "twice.csv", b"Name,Nick,Phone\nAmina,Ami,0714000010\n")
    match(page)
    page.get_by_label("What Nick becomes").select_option("Name")
    expect(page.get_by_label("What Nick becomes")).to_be_focused()
    expect(page.get_by_label("What Nick becomes")).to_have_value("name")
    expect(page.get_by_label("What Name becomes")).to_have_value("")


def test_several_columns_may_hold_phones(page):
    choose(page, "two.csv", b"Name,Phone,Reach\nAmina,,0714000041\nBrian,0714000042,\n")
    match(page)
    page.get_by_label("What Reach becomes").select_option("Phone number")
    expect(page.get_by_text("Several columns hold phone numbers.")).to_be_visible()
    expect(page.get_by_label("What Phone becomes")).to_have_value("phone")
    expect(page.get_by_label("What Reach becomes")).to_have_value("phone")
    check(page)
    assert counts(page) == [2, 0, 0, 0]


def test_the_arrow_keys_pass_through_the_targets_of_a_column(page):
    choose(page, "keys.csv", b"Name,Phone,Town\nAmina,0714000051,Thika\n")
    match(page)
    page.get_by_label("Tags to add to all", exact=True).fill("typed")
    select = page.get_by_label("What Town becomes")
    select.focus()
    for key in ["ArrowUp"] * 10 + ["ArrowDown"] * 6:
        page.keyboard.press(key)
    expect(select).to_have_value("tags")
    expect(page.get_by_role("button", name="Remove tag typed")).to_be_visible()
    expect(page.get_by_label("What Name becomes")).to_have_value("name")
    page.get_by_label("What Town becomes").select_option("Name")
    said = "Saved. Name comes from \u201cTown\u201d now, no longer from \u201cName\u201d."
    expect(page.locator("#status")).to_have_text(said)
    expect(page.get_by_label("What Name becomes")).to_have_value("")


def test_what_was_said_stays_when_a_file_is_read_again(page):
    choose(page, "again.csv", b"List~of May\nName~Phone~Town\nAmina~0714000052~Thika\n")
    match(page)
    page.locator("summary", has_text="Not right?").click()
    page.get_by_label("Columns of a CSV file are separated by").fill("~")
    page.get_by_role("button", name="Read it again").click()
    page.get_by_label("What Town becomes").select_option("Leave out")
    expect(page.get_by_role("row", name="Town")).to_contain_text("as asked")
    page.get_by_label("Tags to add to all", exact=True).fill("kept")
    page.get_by_role("button", name="Add the tag").click()
    expect(page.locator("#status")).to_have_text("Saved")
    page.locator("summary", has_text="Not right?").click()
    expect(page.get_by_label("Columns of a CSV file are separated by")).to_have_value("~")
    page.get_by_label("Line of the header").fill("2")
    before = page.url
    page.get_by_role("button", name="Read it again").click()
    expect(page).not_to_have_url(before)
    match(page)
    expect(page.locator("main")).to_contain_text("columns separated by ~, header in line 2")
    expect(page.get_by_label("What Town becomes")).to_have_value("ignore")
    expect(page.get_by_role("button", name="Remove tag kept")).to_be_visible()


def test_a_key_that_is_missing_is_said_at_its_field(page):
    choose(page, "key.csv", b"Name,Phone,Town\nAmina,0714000043,Thika\n")
    match(page)
    page.get_by_label("Key of the attribute Town").fill(" ")
    page.get_by_label("Key of the attribute Town").press("Tab")
    problem = page.locator("[data-module=match] > [data-problems]").get_by_role("link")
    expect(problem).to_have_text("Key of the attribute Town: Write a key.")
    problem.click()
    expect(page.get_by_label("Key of the attribute Town")).to_be_focused()


def test_columns_that_have_become_one_are_separated(page):
    choose(page, "hash.csv", b"Name#Phone\nAmina#0714000044\nBrian#0714000045\n")
    match(page)
    expect(page.get_by_text("The file has one column.")).to_be_visible()
    page.locator("summary", has_text="Not right?").click()
    page.get_by_label("Columns of a CSV file are separated by").fill("ab")
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("#error-delimiter")).to_contain_text("must be the character between two columns")
    page.get_by_label("Columns of a CSV file are separated by").fill("#")
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("main")).to_contain_text("columns separated by #")
    check(page)
    assert counts(page) == [2, 0, 0, 0]


def test_a_phone_number_that_a_list_has_twice_is_said(page):
    choose(page, "twice.csv", b"Name,Phone\nAmina,0714000046\nBrian,0714000047\n\nAmy,+254 714 000046\n")
    match(page)
    expect(page.get_by_text("Passed over: 1 blank row.")).to_be_visible()
    check(page)
    repeated = page.locator("[data-repeated]")
    expect(repeated.get_by_role("heading")).to_have_text("1 row for a phone number that an earlier row has")
    expect(repeated.locator("li")).to_have_text("Line 5 repeats line 2: +254714000046")


def test_a_list_without_rows_is_not_checked(page):
    choose(page, "header.csv", b"Name,Phone\n")
    match(page)
    expect(page.get_by_text("There is no row below the header")).to_be_visible()
    expect(page.get_by_role("link", name="Check the rows")).to_have_count(0)


def test_what_an_undo_keeps_is_named(page, post):
    choose(page, "kept.csv", b"Name,Phone\nAmina,0714000048\nBrian,0714000049\n")
    match(page)
    check(page)
    run(page)
    post({"phone": "+254714000048", "name": "Changed since"})
    undo(page)
    page.reload()
    expect(page.locator("main li")).to_contain_text(["1 changed again after the import"])
    page.locator("main li").get_by_role("link", name="Changed since").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Changed since")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b" ", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file: "),
        ("large.csv", b"x" * (25 * 1024 * 1024 + 1), "larger than 25 MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused(page, name, content, message):
    choose(page, name, content)
    expect(page.locator("main [data-problems]")).to_be_focused()
    expect(page.locator("main [data-problems]")).to_contain_text(message)
    choose(page, "title-rows.csv")
    match(page)


def test_a_file_can_be_dropped(page):
    page.goto("/contacts/imports/new")
    page.locator("form.narrow").evaluate(
        """form => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["Name,Phone\\nDropped,0714000011\\n"], "dropped.csv"));
            form.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }"""
    )
    match(page)
    expect(page.locator("main")).to_contain_text("dropped.csv: 1 row.")


def test_a_file_is_read_again_as_a_person_says(page):
    choose(page, "headless.csv", b"Amina,0714000012\nBrian,0714000013\n")
    match(page)
    expect(page.locator("main")).to_contain_text("2 rows")
    page.locator("summary", has_text="Not right?").click()
    page.get_by_label("Line of the header").fill("1")
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("main")).to_contain_text("headless.csv: 1 row")
    expect(page.locator("main")).to_contain_text("header in line 1")
    page.locator("summary", has_text="Not right?").click()
    page.get_by_label("Line of the header").fill("99")
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("#reread [data-problems]").get_by_role("link")).to_have_text(
        re.compile("^Line of the header: ")
    )
    expect(page.locator("#error-headerRow")).to_be_visible()


def test_the_sample_imports_without_a_warning(page):
    page.goto("/contacts/imports/new")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a sample file").click()
    choose(page, "sample.csv", download.value.path().read_bytes())
    match(page)
    check(page)
    assert counts(page) == [3, 0, 0, 0]
    assert page.locator("[data-warnings] li").all_inner_texts() == [
        "1 person is marked as unsubscribed; they will be opted out"
    ]


def test_stop_reload_and_go_on(page):
    choose(page, "long.csv", make_tenants(30_000, first=100_000))
    match(page)
    check(page)
    page.locator("[data-import]").click()
    text = page.locator("[data-module=run] [data-progress-text]")
    expect(text).to_have_text(re.compile(r"^[1-9]\d?,000 of 30,000 rows · about \d+ s left$"))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Go on").first).to_be_focused()
    page.wait_for_timeout(500)
    record = page.request.get(page.url.replace("/contacts/", "/internal/").partition("?")[0]).json()
    assert record["state"] == "paused"
    assert 0 < record["position"] < 30_000
    page.reload()
    expect(text).to_have_text(f"{record['position']:,} of 30,000 rows")
    page.get_by_role("button", name="Go on").first.click()
    expect(text).to_have_text(re.compile("about"))
    page.once("dialog", lambda question: question.accept())
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import")
    page.get_by_role("button", name="Go on").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=30_000)
    assert counts(page) == [29_400, 0, 0, 600]
    undo(page)
    expect(page.locator("main")).to_contain_text("29,400 contacts removed")


def test_a_file_name_of_any_kind_stays_text(page):
    choose(page, "<img src=x onerror=alert(1)>.csv", b"Name,Phone\n<i>x</i>,0714000020\n")
    match(page)
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>.csv")
    expect(page.locator("main")).to_contain_text("<i>x</i>")
    check(page)
    assert page.locator("main img, main i").count() == 0


def test_a_viewer_sees_no_button_that_would_be_refused(open_page, page, post):
    post({"phone": "+254714000030", "name": "Seen", "tags": ["t"], "attributes": {"a": "b"}})
    choose(page, "title-rows.csv")
    match(page)
    check(page)
    run(page)
    done = page.url
    page = open_page("viewer")
    page.goto("/contacts?q=Seen")
    expect(page.get_by_role("link", name="Add a contact")).to_have_count(0)
    expect(page.get_by_role("link", name="Import a list")).to_have_count(0)
    page.get_by_role("link", name="Seen").click()
    dialog = page.locator("#contact-dialog")
    expect(dialog.locator(".tag")).to_have_text("t")
    expect(dialog.locator("dd", has_text="b")).to_be_visible()
    expect(dialog.get_by_role("button")).to_have_text(["Copy"])
    dialog.get_by_role("link", name="Close").click()
    page.goto(done)
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("link", name="Import another list")).to_have_count(0)
    for address in ("/contacts/new", "/contacts/imports/new"):
        page.goto(address)
        expect(page.locator("main form")).to_have_count(0)
