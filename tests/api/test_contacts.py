"""GET, POST and PATCH: what is answered, and what is stored."""

import re

import pytest

CONTACTS = "/internal/contacts"
JANE = {
    "name": "Jane Doe",
    "phone": "+254700000000",
    "country": "KE",
    "attributes": {"rent_amount": "25000", "invoice_no": "ALF-0042"},
    "tags": ["tenant", "nairobi"],
}


def post(client, **row):
    return client.post(CONTACTS, json=row)


def codes(answer):
    return [(problem["field"], problem["code"]) for problem in answer.json["error"]["details"]]


def test_a_contact_is_created(client):
    answer = post(client, **JANE)
    assert answer.status_code == 201
    contact = answer.json
    assert answer.headers["Location"] == f"{CONTACTS}/{contact['id']}"
    assert re.fullmatch(r"con_[0-9A-HJKMNP-TV-Z]{26}", contact["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", contact["createdAt"])
    assert contact == JANE | {
        "id": contact["id"],
        "optedIn": True,
        "createdAt": contact["createdAt"],
        "updatedAt": contact["createdAt"],
    }
    assert list(contact) == [
        "id", "name", "phone", "country", "attributes", "tags", "optedIn", "createdAt", "updatedAt",
    ]  # fmt: skip
    assert client.get(CONTACTS).json == {"contacts": [contact], "nextCursor": None}


def test_the_same_body_again_changes_nothing(client):
    first = post(client, **JANE)
    again = post(client, **JANE)
    assert again.status_code == 200
    assert again.json == first.json
    assert "Location" not in again.headers


def test_a_duplicate_phone_updates_in_any_spelling(client):
    first = post(client, phone="0700 000 000", name="Jane").json
    again = post(client, phone="00254-700-000000", name="Jane Doe")
    assert again.status_code == 200
    assert again.json["id"] == first["id"]
    assert again.json["name"] == "Jane Doe"
    assert again.json["createdAt"] == first["createdAt"]
    assert again.json["updatedAt"] > first["updatedAt"]


@pytest.mark.parametrize(
    ("row", "country"),
    [
        ({"phone": "0712345678"}, "KE"),
        ({"phone": "020 7946 0018", "country": "gb"}, "GB"),
        ({"phone": "+44 20 7946 0018"}, "GB"),
        ({"phone": "+44 20 7946 0018", "country": "KE"}, "KE"),
        ({"phone": "+800 1234 5678"}, None),
    ],
)
def test_the_country_reads_the_phone_and_is_stored(client, row, country):
    assert post(client, **row).json["country"] == country


UPDATES = [
    # stored, posted, what then differs
    ({"name": "A"}, {}, {}),
    ({"name": "A"}, {"name": None}, {"name": None}),
    ({"name": "A"}, {"name": "  "}, {"name": None}),
    ({"name": "A"}, {"name": " B "}, {"name": "B"}),
    ({"attributes": {"a": 1, "b": "x"}}, {"attributes": {"b": None, "c": True}}, {"attributes": {"a": 1, "c": True}}),
    ({"attributes": {"a": 1}}, {"attributes": {}}, {}),
    ({"attributes": {"a": 1}}, {"attributes": {"a": True}}, {"attributes": {"a": True}}),
    ({"attributes": {"a": 1}}, {"attributes": {"zz": None}}, {}),
    ({"tags": ["VIP"]}, {"tags": ["vip", "New"]}, {"tags": ["VIP", "New"]}),
    ({"tags": ["VIP"]}, {"tags": []}, {}),
    ({"tags": ["straße"]}, {"tags": ["STRASSE"]}, {}),
    ({"country": "GB"}, {"country": "us"}, {"country": "US"}),
    ({}, {"optedIn": False}, {"optedIn": False}),
    ({"optedIn": False}, {}, {}),
    ({"optedIn": False}, {"optedIn": True}, {"optedIn": True}),
]


@pytest.mark.parametrize(("stored", "posted", "difference"), UPDATES)
def test_post_adds_facts(client, stored, posted, difference):
    before = post(client, phone="+254700000000", **stored).json
    answer = post(client, phone="+254700000000", **posted)
    assert answer.status_code == 200
    after = answer.json
    assert (after["updatedAt"] > before["updatedAt"]) is bool(difference)
    assert after == before | difference | {"updatedAt": after["updatedAt"]}
    assert [type(v) for v in after["attributes"].values()] == [
        type(v) for v in (before | difference)["attributes"].values()
    ]


PATCHES = [
    ({"name": "A", "attributes": {"a": "1"}, "tags": ["t"]}, {}, {}),
    ({"name": "A"}, {"name": None}, {"name": None}),
    ({"attributes": {"a": "1", "b": "2"}}, {"attributes": {"b": None, "c": 3}}, {"attributes": {"a": "1", "c": 3}}),
    ({"attributes": {"a": "1"}}, {"attributes": None}, {"attributes": {}}),
    ({"tags": ["a", "b"]}, {"tags": ["B", "c", "C"]}, {"tags": ["B", "c"]}),
    ({"tags": ["a"]}, {"tags": []}, {"tags": []}),
    ({"tags": ["a"]}, {"tags": None}, {"tags": []}),
    ({"tags": ["a"]}, {"tags": ["a"]}, {}),
]


@pytest.mark.parametrize(("stored", "edit", "difference"), PATCHES)
def test_patch_edits_the_state(client, stored, edit, difference):
    before = post(client, phone="+254700000000", **stored).json
    answer = client.patch(f"{CONTACTS}/{before['id']}", json=edit)
    assert answer.status_code == 200
    assert (answer.json["updatedAt"] > before["updatedAt"]) is bool(difference)
    assert answer.json == before | difference | {"updatedAt": answer.json["updatedAt"]}
    assert client.get(CONTACTS).json["contacts"] == [answer.json]


@pytest.mark.parametrize("key", ["phone", "optedIn", "country", "id", "createdAt", "nonsense", ""])
@pytest.mark.parametrize("value", [None, "x", True])
def test_patch_refuses_other_keys_and_changes_nothing(client, key, value):
    contact = post(client, **JANE).json
    answer = client.patch(f"{CONTACTS}/{contact['id']}", json={"name": "New", key: value})
    assert answer.status_code == 400
    assert [field for field, _ in codes(answer)] == [key]
    if key in ("phone", "optedIn", "country"):
        assert "POST" in answer.json["error"]["message"]
    assert client.get(CONTACTS).json["contacts"] == [contact]


@pytest.mark.parametrize(
    "contact_id", ["con_01JD3Z6V9T7Q8M2K5R4X1W0YBC", "con_", "nope", "1", "con_%00", "%F0%9F%98%80", "c" * 5000]
)
def test_patch_of_an_id_that_nobody_has(client, contact_id):
    answer = client.patch(f"{CONTACTS}/{contact_id}", json={"name": "x"})
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "contact_not_found"


def test_a_contact_does_not_outgrow_its_limits(client):
    row = {"phone": "+254700000000"}
    contact = post(client, **row, attributes={f"a{n}": n for n in range(100)}, tags=[f"t{n}" for n in range(50)]).json
    for extra in ({"attributes": {"one": 1}}, {"tags": ["one"]}):
        answer = post(client, **row, **extra)
        assert answer.status_code == 400
        assert codes(answer) == [(next(iter(extra)), "too_many")]
    patch = client.patch(f"{CONTACTS}/{contact['id']}", json={"attributes": {"one": 1}})
    assert codes(patch) == [("attributes", "too_many")]
    assert post(client, **row, attributes={"one": 1, "a0": None}).status_code == 200


def test_an_unverified_phone_is_stored_with_a_warning_each_time(client):
    for status in (201, 200):
        answer = post(client, phone="+254399999999")
        assert answer.status_code == status
        assert [w["code"] for w in answer.json["warnings"]] == ["phone_unverified"]
    assert "warnings" not in client.get(CONTACTS).json["contacts"][0]


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 0, 0.1, -1.5, 1e300, True, False, "", " x ", "✓ Ünïcode\n\t"])
def test_attribute_values_come_back_as_they_were_sent(client, value):
    got = post(client, phone="+254700000000", attributes={"k": value}).json["attributes"]["k"]
    assert (type(got), got) == (type(value), value)


def test_attribute_keys_are_free(client):
    attributes = {
        "name": "x",
        "Rent amount": 1,
        "{{1}}": "y",
        "квартира": "7",
        "a.b": "z",
        "zz": "last",
        "'\"\\": "q",
    }
    contact = post(client, phone="+254700000000", attributes=attributes).json
    assert list(contact["attributes"].items()) == list(attributes.items())


def list_phones(client, **query):
    answer = client.get(CONTACTS, query_string=query)
    assert answer.status_code == 200, answer.json
    return [contact["phone"] for contact in answer.json["contacts"]]


@pytest.fixture
def people(add):
    """Four contacts; the last is the newest."""
    add(
        {"phone": "+254700000001", "name": "Ångström 100%", "tags": ["VIP", "nairobi"]},
        {"phone": "+254700000002", "name": "STRASSE_1", "tags": ["vip"], "optedIn": False},
        {"phone": "+254711111113", "name": "Ольга", "tags": ['VIP"', "vi", "Ночь", 'x"1:vip', "İş"]},
        {"phone": "+447700900004"},
    )
    return ["+447700900004", "+254711111113", "+254700000002", "+254700000001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [0, 1, 2, 3]),
        ({"limit": 2}, [0, 1]),
        ({"limit": 500}, [0, 1, 2, 3]),
        ({"optedIn": "false"}, [2]),
        ({"optedIn": "true"}, [0, 1, 3]),
        ({"tag": "vip"}, [2, 3]),
        ({"tag": " ViP "}, [2, 3]),
        ({"tag": ["vip", "Nairobi"]}, [3]),
        ({"tag": 'vip"'}, [1]),
        ({"tag": "vi"}, [1]),
        ({"tag": "НОЧЬ"}, [1]),
        ({"tag": "iş"}, [1]),
        ({"tag": "v%"}, []),
        ({"q": "ÅNGSTRÖM"}, [3]),
        ({"q": "A\u030angstro\u0308m"}, [3]),
        ({"q": "straße"}, [2]),
        ({"q": "ольг"}, [1]),
        ({"q": "%"}, [3]),
        ({"q": "_"}, [2]),
        ({"q": "!"}, []),
        ({"q": "00%"}, [3]),
        ({"q": "1"}, [1, 2, 3]),
        ({"q": "+2547"}, [1, 2, 3]),
        ({"q": "700 000-00"}, [2, 3]),
        ({"q": "(7700) 900"}, [0]),
        ({"q": "  "}, [0, 1, 2, 3]),
        ({"q": "nobody"}, []),
        ({"q": "ångström", "optedIn": "true", "tag": "nairobi", "limit": 1}, [3]),
    ],
)
def test_filters(client, people, query, found):
    assert list_phones(client, **query) == [people[n] for n in found]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "validation_failed"),
        ("limit=501", "validation_failed"),
        ("limit=", "validation_failed"),
        ("limit=-1", "validation_failed"),
        ("limit=1e2", "validation_failed"),
        ("limit=٣", "validation_failed"),
        ("limit=1&limit=2", "validation_failed"),
        ("optedIn=yes", "validation_failed"),
        ("optedIn=", "validation_failed"),
        ("optedIn=TRUE", "validation_failed"),
        ("tag=", "validation_failed"),
        ("tag=a&tag=%00", "validation_failed"),
        (f"tag={'t' * 65}", "validation_failed"),
        ("q=%00", "validation_failed"),
        (f"q={'q' * 201}", "validation_failed"),
        ("q=a&q=b", "validation_failed"),
        ("page=2", "validation_failed"),
        ("=x", "validation_failed"),
        ("%ff=1", "validation_failed"),
        ("cursor=", "invalid_cursor"),
        ("cursor=con_x", "invalid_cursor"),
        ("cursor=con_01JD3Z6V9T7Q8M2K5R4X1W0YBC%0A", "invalid_cursor"),
        ("cursor=con_01jd3z6v9t7q8m2k5r4x1w0ybc", "invalid_cursor"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused(client, query, code):
    answer = client.get(f"{CONTACTS}?{query}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == code


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PATCH", "/con_01JD3Z6V9T7Q8M2K5R4X1W0YBC")])
def test_routes_without_parameters_refuse_any(client, method, path):
    answer = client.open(f"{CONTACTS}{path}?dryRun=true", method=method, json={"phone": "+254700000000"})
    assert answer.status_code == 400
    assert codes(answer) == [("dryRun", "unknown_field")]
    assert list_phones(client) == []


def test_the_cursor_reaches_every_contact_once_newest_first(client, add):
    for start in (0, 600):
        add(*({"phone": f"+2547000{n:05}"} for n in range(start, start + 600)))
    seen, cursor = [], {}
    while True:
        page = client.get(CONTACTS, query_string={"limit": 333} | cursor).json
        seen += page["contacts"]
        if page["nextCursor"] is None:
            break
        assert page["nextCursor"] == page["contacts"][-1]["id"]
        cursor = {"cursor": page["nextCursor"]}
    assert [c["phone"] for c in seen] == [f"+2547000{n:05}" for n in reversed(range(1200))]
    ids = [c["id"] for c in seen]
    assert ids == sorted(set(ids), reverse=True)
    assert len(client.get(CONTACTS).json["contacts"]) == 500


def test_the_list_has_no_cursor_when_it_ends_with_the_page(client, people):
    assert client.get(CONTACTS, query_string={"limit": 4}).json["nextCursor"] is None
    assert client.get(CONTACTS, query_string={"limit": 3}).json["nextCursor"] is not None


def test_head_and_options(client, people):
    head = client.head(CONTACTS)
    assert (head.status_code, head.data) == (200, b"")
    assert set(client.options(CONTACTS).allow) == {"GET", "HEAD", "OPTIONS", "POST"}
