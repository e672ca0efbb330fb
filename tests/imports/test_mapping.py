"""Which column holds what: as a person says, else by the headers, else by the cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.imports.mapping import map_columns
from sendy_contacts.imports.recognition.overrides import MappingError
from sendy_contacts.imports.words.consent import Sense
from tests.imports.tables import plan, read, targets

PHONES = ["0712345601", "0712345602", "0712345603"]


def described(header, *overrides):
    return [column.target for column in map_columns(header, overrides).columns]


def column(header, *rows, **options):
    """Return the column of a header."""
    return next(column for column in plan(*rows, **options).columns.columns if column.header == header)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Rent amount", "attributes.rent_amount"),
        ("invoiceNo", "attributes.invoice_no"),
        ("Field:Team", "attributes.field_team"),
        ("  __Due (KES)__ ", "attributes.due_kes"),
        ("Квартира №", "attributes.квартира"),
        ("किराया राशि", "attributes.किराया_राशि"),
        ("cafe\u0301", "attributes.caf\xe9"),
        ("x" * 70, "attributes." + "x" * 64),
        ("attributes.Rent amount", "attributes.Rent amount"),
        ("attributes.rent (json)", "attributes.rent (json)"),
        ("attributes. odd '", "attributes. odd "),
        ("attributes.", "attributes.attributes"),
        ("'=rent", "attributes.rent"),
        ("import_reason", "ignore"),
        ("", "ignore"),
        ("№ — !", "ignore"),
        ("\u0301", "ignore"),
    ],
)
def test_own_columns_become_attributes(header, target):
    assert described([header, "telephone"]) == [target, "phone"]


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (["Tel", "Mobile", "Tags", "Groups"], ["phone", "phone", "tags", "tags"]),
        (["tel", "Name", "Contact name", "name"], ["phone", "name", "attributes.contact_name", "attributes.name"]),
        (["tel", "country", "Country code"], ["phone", "country", "callingCode"]),
        (["tel", "Billing country", "Shipping country"], ["phone", "country", "attributes.shipping_country"]),
        (
            ["tel", "Rent amount", "attributes.rent_amount"],
            ["phone", "attributes.rent_amount_2", "attributes.rent_amount"],
        ),
        (["tel", "attributes.a", "attributes.a"], ["phone", "attributes.a", "attributes.attributes_a"]),
        (["tel", "x" * 70, "x" * 64], ["phone", "attributes." + "x" * 64, "attributes." + "x" * 62 + "_2"]),
        (["tel", "?", "!"], ["phone", "ignore", "ignore"]),
        (["tel", "First name", "first_name"], ["phone", "firstName", "attributes.first_name_2"]),
        (["tel", "Opt-in", "Unsubscribed", "Consent"], ["phone", "optedIn", "optedOut", "optedIn"]),
        (["tel", "Name", "Surname"], ["phone", "firstName", "lastName"]),
        (["tel", "Name", "First name"], ["phone", "name", "firstName"]),
        (["Agent phone", "Phone"], ["attributes.agent_phone", "phone"]),
    ],
)
def test_columns_that_claim_the_same(header, targets):
    assert described(header) == targets


@pytest.mark.parametrize(
    ("header", "overrides", "targets"),
    [
        (["A", "B"], ["A=phone", "B=name"], ["phone", "name"]),
        (["A", "Phone"], ["a = OPTEDIN"], ["optedIn", "phone"]),
        (["A", "B", "Phone"], ["A=callingcode", "B=optedIn"], ["callingCode", "optedIn", "phone"]),
        (["A=B", "Phone"], ["A=B=name"], ["name", "phone"]),
        (["X", "Phone"], ["X=attributes.a=b"], ["attributes.a=b", "phone"]),
        (["A", "A=B", "Phone"], ["A=attributes.B=name"], ["attributes.B=name", "attributes.a_b", "phone"]),
        (["X", "X=attributes.a", "Phone"], ["X=attributes.a=name"], ["attributes.x", "name", "phone"]),
        (["name!", "name", "Phone"], ["name=ignore"], ["name", "ignore", "phone"]),
        (["X", "Phone"], ["X=attributes.rent (json)"], ["attributes.rent (json)", "phone"]),
        (["Rent amount", "Phone"], ["rent_amount=ignore"], ["ignore", "phone"]),
        (["X", "Rent", "Phone"], ["X=attributes.rent"], ["attributes.rent", "attributes.rent_2", "phone"]),
        (["Nick", "Name", "Phone"], ["Nick=name"], ["name", "attributes.name", "phone"]),
        (["Agent phone", "Phone"], ["Agent phone=phone"], ["phone", "attributes.phone"]),
        (["Segment", "Tags", "Phone"], ["Segment=tags"], ["tags", "tags", "phone"]),
        (["Voornaam", "Achternaam", "Phone"], ["Voornaam=firstname"], ["firstName", "lastName", "phone"]),
        (["Col", "Col", "Phone"], ["Col=name", "Col=country"], ["name", "country", "phone"]),
        (["", "Phone"], ["Column A=name"], ["name", "phone"]),
    ],
)
def test_overrides(header, overrides, targets):
    assert described(header, *overrides) == targets


@pytest.mark.parametrize(
    ("header", "overrides", "messages"),
    [
        (["Phone", "A"], ["B=name"], ['"B=name"', '"Phone", "A"']),
        (["Phone", "A"], ["A"], ['"A" is not COLUMN=TARGET', '"Phone", "A"']),
        (["Phone", "A"], ["=name"], ['"=name"', '"Phone", "A"']),
        (["Phone", "A"], ["A=nickname"], ['"A=nickname"', "firstName", "attributes.KEY"]),
        (["Phone", "A"], ["A=attributes."], ['"A=attributes."', "attributes.KEY"]),
        (["Phone", "A"], ["A=name", "A=country"], ['"A=country"', "not mapped yet"]),
        (["Phone", "A", "B"], ["A=name", "B=name"], ["name can be mapped from one column only"]),
    ],
)
def test_mapping_errors_say_what_there_is(header, overrides, messages):
    with pytest.raises(MappingError) as raised:
        map_columns(header, overrides)
    assert [message for message in messages if message not in str(raised.value)] == []


def test_a_column_of_phones_whatever_its_header():
    rows = ["Mieter|Erreichbar|Zähler", *(f"M{n}|{phone}|{n}000" for n, phone in enumerate(PHONES))]
    found = column("Erreichbar", *rows)
    assert (found.target, found.why) == ("phone", "3 of 3 cells read as phones")


def test_how_many_cells_read_as_phones_is_said():
    rows = ["Phone", *(f"07123{n:05}" for n in range(198)), "office", "n/a", *(f"07124{n:05}" for n in range(300))]
    assert column("Phone", *rows).why == "its header; 198 of 200 cells read as phones"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Name|Agent phone", f"A|{PHONES[0]}"], {"Agent phone": "phone"}),
        (["Name|Phone|Agent phone", f"A|{PHONES[0]}|{PHONES[1]}"], {"Agent phone": "attributes.agent_phone"}),
        (["Name|Phone|Agent phone", f"A||{PHONES[1]}"], {"Agent phone": "phone"}),
        (["Name|Contact", f"A|{PHONES[0]}"], {"Contact": "phone"}),
        (["Contact|Phone", f"Amina|{PHONES[0]}"], {"Contact": "name"}),
        (["Customer|Contact", f"Amina|{PHONES[0]}"], {"Customer": "name", "Contact": "phone"}),
        (["Name|Date|Amount|Tel", f"A|2024-05-01|25000000|{PHONES[0]}"], {"Date": "attributes.date"}),
        (["Name|When|Nr", f"A|2024-05-01|{PHONES[0]}"], {"Nr": "phone", "When": "attributes.when"}),
        (["Phone|WhatsApp", f"{PHONES[0]}|yes", f"{PHONES[1]}|no"], {"WhatsApp": "optedIn"}),
        (["Phone|WhatsApp", f"{PHONES[0]}|{PHONES[1]}"], {"WhatsApp": "phone"}),
        (["Name|SMS", f"A|{PHONES[0]}"], {"SMS": "phone"}),
        (["Phone|SMS", f"{PHONES[0]}|TRUE"], {"SMS": "optedIn"}),
        (["Phone|Newsletter", f"{PHONES[0]}|no"], {"Newsletter": "optedIn"}),
        (["Phone|Newsletter", f"{PHONES[0]}|no", PHONES[1], PHONES[2]], {"Newsletter": "optedIn"}),
        (["Phone|Newsletter", f"{PHONES[0]}|weekly"], {"Newsletter": "attributes.newsletter"}),
    ],
)
def test_phones_by_header_and_content(rows, expected):
    found = targets(*rows)
    assert {header: found[header] for header in expected} == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Phone|Country", "0712345601|Kenya"], "country"),
        (["Phone|Country", "0712345601|254"], "callingCode"),
        (["Phone|Country", "0712345601|North", "0712345602|South"], "attributes.country"),
        (["Phone|Market", "0712345601|Kenya", "0772345602|Uganda"], "country"),
        (["Phone|Market", "0712345601|+254", "0772345602|+256"], "callingCode"),
        (["Phone|Market", "712345601|254", "772345602|256"], "callingCode"),
        (["Phone|Market", "+254712345601|Kenya", "+256772345602|Uganda"], "country"),
        (["Phone|Destination", "0712345601|Kenya", "0722345602|Uganda"], "attributes.destination"),
        (["Phone|Travels to", "0712345601|France", "0722345602|Italy"], "attributes.travels_to"),
        (["Phone|Floor", "0712345601|1", "0722345602|7"], "attributes.floor"),
        (["Phone|Floor", "0712345601|254", "0722345602|254"], "attributes.floor"),
        (["Phone|Language", "0712345601|sw", "0722345602|en"], "attributes.language"),
    ],
)
def test_countries_by_header_and_content(rows, expected):
    assert list(targets(*rows).values())[1] == expected


@pytest.mark.parametrize(
    ("rows", "country", "expected"),
    [
        (["Tel|Floor", "(415) 555-2604|1", "(415) 555-2605|1"], "US", "attributes.floor"),
        (["Tel|State", "(415) 555-2604|CA", "(415) 555-2605|CA"], "US", "attributes.state"),
        (["Tel|UF", "(11) 98765-4321|PE", "(11) 98765-4322|BA"], "BR", "attributes.uf"),
        (["Tel|Sprache", "0151 23456701|de", "0151 23456702|de"], "DE", "attributes.sprache"),
        (["Tel|Land", "0151 23456701|Bayern", "0151 23456702|Hessen"], "DE", "attributes.land"),
    ],
)
def test_what_only_looks_like_countries(rows, country, expected):
    assert list(targets(*rows, country=country).values())[1] == expected


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (["Name|Surname|Tel", "Ann|Lee|0712345601"], ["Ann Lee"]),
        (["Name|Surname|Tel", "Ann Lee|Lee|0712345601"], ["Ann Lee"]),
        (["Name|Vorname|Tel", "Lee|Ann|0712345601"], ["Ann Lee"]),
        (["Name|First name|Tel", "Ann Lee|Ann|0712345601"], ["Ann Lee"]),
        (["Nom|Prénom|Tél", "Lee|Ann|0712345601"], ["Ann Lee"]),
        (["Name|Billing Name|Tel", "#1001|Ann Lee|0712345601"], ["Ann Lee"]),
        (["Company Name|Tel", "Acme|0712345601"], [None]),
    ],
)
def test_names(rows, names):
    assert [row.get("name") for row in read(*rows)] == names


@pytest.mark.parametrize(
    ("rows", "sense"),
    [
        (["Phone|Status", "0712345601|Unsubscribed", "0712345602|Subscribed"], Sense.IN),
        (["Phone|Status", "0712345601|Active", "0712345602|Stopped"], Sense.IN),
        (["Phone|Status", "0712345601|yes", "0712345602|no"], Sense.IN),
        (["Phone|Status", "0712345601|Active", "0712345602|Inactive"], None),
        (["Phone|Status", "0712345601|Paid", "0712345602|Pending"], None),
        (["Phone|Status", "0712345601|Paid", "0712345602|Late", "0712345603|Unsubscribed"], Sense.MENTION),
        (["Phone|Subscription status", "0712345601|Active", "0712345602|Cancelled"], Sense.IN),
        (["Phone|Subscription", "0712345601|Gold", "0712345602|Silver"], None),
        (["Phone|Marketing status", "0712345601|Active"], Sense.IN),
        (["Phone|Segment?", "0712345601|unsubscribed", "0712345602|subscribed"], Sense.IN),
        (["Phone|Remarks", "0712345601|unsubscribed", "0712345602", "0712345603"], Sense.MENTION),
        (["Phone|Remarks", "0712345601|moved", "0712345602|opted out by phone"], Sense.MENTION),
        (["Phone|Tags", "0712345601|vip, unsubscribed", "0712345602|vip"], Sense.MENTION),
        (["Phone|Last reply", "0712345601|STOP", "0712345602|Thanks"], Sense.MENTION),
        (["Phone|Name", "0712345601|Amina (unsubscribed)"], Sense.MENTION),
        (["Fax|Phone", "|0712345601 (opted out)"], Sense.MENTION),
        (["Phone|Shop", "0712345601|Stop & Shop", "0712345602|Bus stop"], None),
        (["Phone|Priority", "0712345601|baja", "0712345602|alta"], None),
        (["Phone|E-mail status", "0712345601|Unsubscribed"], None),
        (["Phone|Link", "0712345601|https://example.com/unsubscribe?u=1"], None),
        (["Phone|Opt", "0712345601|in", "0712345602|out"], Sense.IN),
        (["Phone|İzin Durumu", "0712345601|Onay", "0712345602|Ret"], Sense.IN),
        (["Phone|Stop", "0712345601|Kencom", "0712345602|Westlands"], None),
        (["Phone|STOP", "0712345601|yes", "0712345602"], Sense.OUT),
        (["Phone|Do you agree to get messages on WhatsApp?", "0712345601|Yes", "0712345602|No"], Sense.IN),
        (["Phone|I don't want to get offers", "0712345601|Yes", "0712345602|No"], Sense.OUT),
        (["Phone|Unsubscribe reason", "0712345601|too many"], Sense.OUT_REASON),
        (["Phone|", "0712345601|unsubscribed", "0712345602|note"], Sense.MENTION),
    ],
)
def test_columns_of_consent_by_header_and_content(rows, sense):
    assert plan(*rows).columns.columns[1].sense is sense


def test_a_column_of_many_values_mentions_an_opt_out_far_down():
    rows = ["Phone|Note", *(f"07123{n:05}|note {n}" for n in range(3000)), "0712999999|Unsubscribed"]
    found = plan(*rows)
    assert found.columns.columns[1].target == "attributes.note"
    assert read(*rows)[-1]["optedIn"] is False
    assert [notice.rows for notice in found.notices if notice.code == "marked_opted_out"] == [1]


def test_what_a_person_says_of_a_column_goes_first_and_is_warned_of():
    rows = ["Phone|Status", "0712345601|Unsubscribed"]
    options = {"overrides": ["Status=attributes.status"]}
    assert read(*rows, **options) == [{"phone": "+254712345601", "attributes": {"status": "Unsubscribed"}}]
    assert [notice.code for notice in plan(*rows, **options).notices] == ["opt_outs_ignored"]


@pytest.mark.parametrize(
    ("rows", "override"),
    [
        (["Phone|Wishes", "0712345601|no", "0712345602|yes"], "Wishes=optedIn"),
        (["Phone|Wishes", "0712345601|x", "0712345602|"], "wishes=OPTEDOUT"),
        (["0712345601|no", "0712345602|yes"], "Column B=optedIn"),
    ],
)
def test_how_many_will_be_opted_out_is_said_of_a_column_that_a_person_names(rows, override):
    notices = plan(*rows, overrides=[override]).notices
    assert [(notice.code, notice.rows) for notice in notices] == [("marked_opted_out", 1)]


def test_columns_without_a_header_are_named_by_letters():
    found = plan(*(f"{name}|{phone}|A{n}|x|" for n, (name, phone) in enumerate(zip("XYZ", PHONES, strict=True))))
    assert [(column.header, column.target) for column in found.columns.columns] == [
        ("Column A", "name"),
        ("Column B", "phone"),
        ("Column C", "attributes.column_c"),
        ("Column D", "attributes.column_d"),
    ]


def test_a_word_that_many_rows_share_is_no_name():
    rows = [f"vip|{phone}|Shop {n}" for n, phone in enumerate(PHONES)]
    assert targets(*rows) == {"Column A": "attributes.column_a", "Column B": "phone", "Column C": "name"}


def test_columns_that_most_rows_have_beyond_the_header_are_left_out():
    rows = ["Name|Phone", *(f"A|{phone}|note" for phone in PHONES)]
    assert targets(*rows) == {"Name": "name", "Phone": "phone", "Column C": "ignore"}
    assert [row["phone"] for row in read(*rows)] == [f"+254{phone[1:]}" for phone in PHONES]
    assert read("Name|Phone", f"A|{PHONES[0]}|note", f"B|{PHONES[1]}", f"C|{PHONES[2]}")[0] == [
        "row: has 3 cells, the header has 2"
    ]


def test_labels_and_empty_columns_are_left_out_and_it_is_said_why():
    rows = ["Phone 1 - Label|Phone 1 - Value|Address 1 - Type|Address 1 - Street|Suffix", "Home|0712345601|Home|X|"]
    found = {column.header: (column.target, column.why) for column in plan(*rows).columns.columns}
    assert found["Phone 1 - Label"] == ("ignore", 'labels "Phone 1 - Value"')
    assert found["Address 1 - Type"] == ("ignore", 'labels "Address 1 - Street"')
    assert found["Suffix"] == ("ignore", "is empty")
    assert (
        targets("Phone|Customer|Customer type", "0712345601|Ann|VIP")["Customer type"] == "attributes.customer_type"
    )


def test_the_hundred_fullest_attributes_are_kept():
    header = ["Phone", "First name", *(f"P{n}" for n in range(120))]
    rows = [["0712345601", "Ann", *["x"] * 120], ["0712345602", "Ben", *["x"] * 10, *[""] * 10, *["x"] * 100]]
    found = targets(header, *rows)
    kept = [name for name, target in found.items() if target.startswith("attributes.")]
    assert len(kept) == 99  # and first_name
    assert set(kept) == {f"P{n}" for n in range(120)} - {f"P{n}" for n in range(10, 20)} - {
        f"P{n}" for n in range(109, 120)
    }


def test_notices_say_what_to_know_before_the_import():
    rows = [
        "Phone|Name|Rent|Opted out|OPTIN_TIME|Note",
        "0712345601|A|#N/A|yes|2024-05-01|" + "n" * 2_000,
        "0712345602|B|nan|||",
        "0712345603|C|5|maybe|2024-05-02|",
        "0712345604|D|5||2024-05-02|x",
    ]
    assert [(notice.code, notice.rows, list(notice.lines)) for notice in plan(*rows).notices] == [
        ("marked_opted_out", 1, []),
        ("no_opt_in", 1, []),
        ("unclear_consent", 1, []),
        ("cell_error", 2, [2, 3]),
        ("too_long", 1, [2]),
    ]
    assert plan(*rows).notices[0].message == "1 person is marked as unsubscribed; they will be opted out"


@pytest.mark.parametrize(("country", "count"), [("KE", 0), ("NO", 1), (None, 1)])
def test_a_mapping_that_would_import_next_to_nothing_is_said(country, count):
    rows = ["Phone|Name", *(f"07123{n:05}|N" for n in range(50))]
    codes = [notice.code for notice in plan(*rows, country=country).notices]
    assert codes == ["few_phones"] * count


def test_failed_rows_of_a_file_without_a_header_get_one_that_says_the_same():
    found = plan("Amina|0712345601|A1", "Brian|0712345602|A2")
    header = found.columns.failed_header()
    assert header == ["import_line", "import_reason", "name", "phone", "attributes.column_c"]
    assert [column.target for column in map_columns(header).columns[2:]] == ["name", "phone", "attributes.column_c"]


HEADER = st.sampled_from(
    ["Name", "Phone", "Status", "Tags", "Country", "Country code", "Unsubscribed", "Opt-in", "WhatsApp", "Notes",
     "Phone 1 - Label", "Surname", "", "Rent"]
)  # fmt: skip
CELL = st.sampled_from(
    ["", "", "--", "yes", "no", "unsubscribed", "Subscribed", "STOP", "active", "2024-05-01", "maybe", "#N/A", "KE",
     "Kenya", "254", "Amina Otieno", "vip|unsubscribed", "0712345601", "+254712345602", "x", "○"]
)  # fmt: skip
OUT = {"unsubscribed", "STOP", "vip|unsubscribed"}


@given(st.lists(HEADER, min_size=1, max_size=5), st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8))
def test_whoever_is_marked_as_unsubscribed_never_comes_in_as_opted_in(header, rows):
    found = plan(["Phone", *header], *(["+254712345678", *row[: len(header)]] for row in rows))
    quiet = {"Phone 1 - Label"}
    for _, cells in list(found.sheet.rows())[found.survey.layout.skipped :]:
        row, problems = found.columns.read_row(cells)
        marked = any(cell in OUT and title not in quiet for cell, title in zip(cells[1:], header, strict=False))
        if marked and not problems:
            assert row.get("optedIn") is False
