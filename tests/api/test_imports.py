"""The routes under /internal/imports."""

import csv
import io
import json

import pytest

from sendy_contacts.contacts.models import ConsentEvent
from sendy_contacts.database.connection import db
from tests.support.envelope import assert_envelope

IMPORTS = "/internal/imports"
CONTACTS = "/internal/contacts"
LIST = "Name;Mobile No.;Opt-in;Town\nAnn;0712345601;yes;Nairobi\nBen;0712345602;maybe;\nCid;0712345603;yes;#N/A\n"


@pytest.fixture
def upload(client):
    """A function: the text of a list -> the stored draft."""

    def send(text=LIST, name="list.csv", status=201, client=client, **fields):
        content = text.encode() if isinstance(text, str) else text
        answer = client.post(IMPORTS, data={"file": (io.BytesIO(content), name), **fields})
        assert answer.status_code == status, answer.text
        return answer.json

    return send


@pytest.fixture
def follow(client):
    """A function: an import and what to do with it -> the lines of the response."""

    def post(record, action, client=client):
        answer = client.post(f"{IMPORTS}/{record['id']}/{action}")
        assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson"), answer.text
        assert answer.headers["X-Accel-Buffering"] == "no"
        return [json.loads(line) for line in answer.text.splitlines()]

    return post


def contacts(client):
    return {c["phone"]: c for c in client.get(CONTACTS).json["contacts"]}


def test_a_file_becomes_a_draft(upload, client):
    record = upload()
    assert record["id"].startswith("imp_")
    assert record | {"columns": None, "warnings": None} == {
        "id": record["id"], "fileName": "list.csv", "state": "draft", "rows": 3, "position": 0, "kind": "CSV",
        "encoding": "UTF-8", "delimiter": ";", "headerRow": 1, "country": "KE", "addTags": [], "columns": None,
        "counts": {"created": 0, "updated": 0, "unchanged": 0, "failed": 0}, "warnings": None, "undo": None,
        "createdAt": record["createdAt"], "createdBy": record["createdBy"], "updatedAt": record["createdAt"],
    }  # fmt: skip
    assert [column["target"] for column in record["columns"]] == ["name", "phone", "optedIn", "attributes.town"]
    assert record["columns"][1] == {
        "header": "Mobile No.", "target": "phone", "why": "its header; 3 of 3 cells read as phones", "filled": 3,
        "samples": ["0712345601", "0712345602", "0712345603"],
    }  # fmt: skip
    assert [(warning["code"], warning["rows"]) for warning in record["warnings"]] == [
        ("unclear_consent", 1),
        ("cell_error", 1),
    ]
    assert client.get(f"{IMPORTS}/{record['id']}").json == record
    assert client.get(IMPORTS).json == {"imports": [record]}
    assert contacts(client) == {}


def test_a_check_says_what_the_run_does(upload, follow, client):
    record = upload()
    *progress, checked = follow(record, "check")
    assert contacts(client) == {}
    assert client.get(f"{IMPORTS}/{record['id']}").json == record
    assert checked["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "failed": 1}
    assert (checked["state"], checked["position"]) == ("draft", 0)
    assert progress == [
        {"position": 3, "rows": 3, "counts": checked["counts"], "optedOut": 0, "optOutsKept": 0, "updates": [],
         "refused": [
            {"line": 3, "errors": [{"field": "optedIn", "code": "invalid_type", "column": "Opt-in", "letter": "C",
                                    "value": "maybe", "message": 'Opt-in: write yes or no ("maybe" is neither)'}]}]}
    ]  # fmt: skip
    *progressed, done = follow(record, "run")
    assert progressed == progress
    assert (done["state"], done["position"], done["counts"]) == ("done", 3, checked["counts"])
    assert done["warnings"] == checked["warnings"]
    assert {c["name"] for c in contacts(client).values()} == {"Ann", "Cid"}
    assert follow(record, "run") == [done]
    assert follow(record, "check") == [done]


def test_a_check_shows_what_a_row_changes(upload, follow, add):
    add(
        {"phone": "0712345601", "name": "Ann", "tags": ["a"], "attributes": {"town": "Thika", "rent": 5}},
        {"phone": "0712345602", "optedIn": False},
        {"phone": "0712345603"},
    )
    record = upload("Phone,Name,Town,Tags,Opt-in\n0712345601,Anna,--,b,no\n0712345602,,,,yes\n0712345603,,,,no\n")
    (step, _) = follow(record, "check")
    assert (step["optedOut"], step["optOutsKept"]) == (2, 1)
    assert step["updates"] == [
        {"line": 2, "phone": "+254712345601", "changes": [
            {"field": "name", "old": "Ann", "new": "Anna"},
            {"field": "optedIn", "old": True, "new": False},
            {"field": "tags", "old": ["a"], "new": ["a", "b"]},
            {"field": "attributes.town", "old": "Thika", "new": None},
        ]},
        {"line": 4, "phone": "+254712345603", "changes": [{"field": "optedIn", "old": True, "new": False}]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "column", "value"),
    [
        ("Phone,WhatsApp\n0712345601,0712345602\n,071\n", "phone", "WhatsApp", "071"),
        (
            "Phone,Country\n0712345601,Kenya\n0712345602,Uganda\n0712345603,Kenia\n0712345604,Atlantis\n",
            "country",
            "Country",
            "Atlantis",
        ),
        ("Phone,Opt-in,Opt-out\n0712345601,yes,perhaps\n", "optedIn", "Opt-out", "perhaps"),
        (f"Phone,Name\n0712345601,{'x' * 201}\n", "name", "Name", None),
        (f"Phone,Labels\n0712345601,{'x' * 65}\n", "tags[0]", "Labels", None),
        ("Phone,Name\n0712345602,Ben\n0712345601,Ann,more\n", "row", None, None),
    ],
)
def test_a_check_names_the_column_and_the_value_of_a_problem(upload, follow, text, field, column, value):
    (step, _) = follow(upload(text), "check")
    (found,) = step["refused"][-1]["errors"]
    assert (found["field"], found["column"]) == (field, column)
    assert value is None or found["value"] == value


def test_the_refused_rows_of_a_draft_are_those_of_a_check(upload, follow, client):
    record = upload()
    path = f"{IMPORTS}/{record['id']}/failed.csv"
    checked = client.get(path).data
    assert b'"3","Opt-in: write yes or no' in checked
    follow(record, "run")
    assert client.get(path).data == checked
    phoneless = upload("Name\nAnn\n")
    assert client.get(f"{IMPORTS}/{phoneless['id']}/failed.csv").status_code == 400


def test_the_refused_rows_can_be_mended_and_imported(upload, follow, client):
    record = upload(name="my list.csv")
    follow(record, "run")
    answer = client.get(f"{IMPORTS}/{record['id']}/failed.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my list.failed.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [
        ["import_line", "import_reason", "Name", "Mobile No.", "Opt-in", "Town"],
        ["3", 'Opt-in: write yes or no ("maybe" is neither)', "Ben", "0712345602", "maybe", ""],
    ]
    mended = upload(answer.data.decode("utf-8-sig").replace('"maybe"', '"yes"'), name="mended.csv")
    assert follow(mended, "run")[-1]["counts"]["created"] == 1


def test_a_machine_without_room_for_the_refused_rows(upload, client, monkeypatch):
    record = upload()
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert_envelope(client.get(f"{IMPORTS}/{record['id']}/failed.csv"), 503, "database_unavailable")


def test_an_undo_removes_what_was_created(upload, follow, client):
    before = contacts(client)
    record = upload()
    follow(record, "run")
    step, undone = follow(record, "undo")
    assert step == {"position": 0, "rows": 3, "undo": {"removed": 2, "restored": 0, "kept": []}, "kept": []}
    assert (undone["state"], undone["position"], undone["undo"]) == ("undone", 0, step["undo"])
    assert contacts(client) == before
    assert follow(record, "undo") == [undone]
    assert follow(record, "run") == [undone]
    with db.connection_context():
        events = ConsentEvent.select().order_by(ConsentEvent.changed_at, ConsentEvent.contact_id)
        assert [(e.old, e.new, e.source, e.import_id) for e in events] == [
            *[(None, True, "import", record["id"])] * 2,
            *[(True, False, "undo", record["id"])] * 2,
        ]


def test_an_undo_says_what_it_keeps_and_why(upload, follow, client, add):
    add({"phone": "0712345602", "name": "Ben"})
    record = upload("Name,Phone,Opt-out\nAnn,0712345601,\nBenjamin,0712345602,yes\nCid,0712345603,\n")
    follow(record, "run")
    client.post(CONTACTS, json={"phone": "0712345601", "name": "Anna"})
    step, undone = follow(record, "undo")
    assert {(kept["phone"], kept["code"]) for kept in step["kept"]} == {
        ("+254712345601", "changed_since"),
        ("+254712345602", "opt_out_kept"),
    }
    assert undone["undo"]["removed"] == undone["undo"]["restored"] == 1
    assert [(kept["code"], kept["contacts"]) for kept in undone["undo"]["kept"]] == [
        ("changed_since", 1),
        ("opt_out_kept", 1),
    ]
    left = contacts(client)
    assert {phone: (c["name"], c["optedIn"]) for phone, c in left.items()} == {
        "+254712345601": ("Anna", True),
        "+254712345602": ("Ben", False),
    }


def test_a_draft_is_changed_as_a_person_says(upload, follow, client):
    record = upload("Who,Tel,Alt,Seen\nAnn,0712345601,0733000001,x\n")
    changes = {"columns": [{"header": "Alt", "target": "phone"}, {"header": "Tel", "target": "attributes.old"}],
               "country": "UG", "addTags": ["may", "vip"]}  # fmt: skip
    edited = client.patch(f"{IMPORTS}/{record['id']}", json=changes).json
    assert (edited["country"], edited["addTags"]) == ("UG", ["may", "vip"])
    targets = {column["header"]: column["target"] for column in edited["columns"]}
    assert targets | {"Who": None, "Seen": None} == {
        "Who": None,
        "Tel": "attributes.old",
        "Alt": "phone",
        "Seen": None,
    }
    assert {column["why"] for column in edited["columns"] if column["header"] in ("Alt", "Tel")} == {"as asked"}
    assert (
        client.patch(f"{IMPORTS}/{record['id']}", json={"columns": edited["columns"]}).json["columns"]
        == (edited["columns"])
    )
    follow(record, "run")
    (contact,) = contacts(client).values()
    assert (contact["phone"], contact["tags"]) == ("+256733000001", ["may", "vip"])
    assert contact["attributes"]["old"] == "0712345601"


def test_a_proposal_comes_back_with_null(upload, client):
    record = upload()
    path = f"{IMPORTS}/{record['id']}"
    client.patch(path, json={"columns": [{"header": "Town", "target": "ignore"}]})
    answer = client.patch(path, json={"columns": [{"header": "Town", "target": None}]})
    assert answer.json["columns"] == record["columns"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"columns": [{"header": "Nope", "target": "phone"}]}, "columns[0].header", "unknown_field"),
        ({"columns": [{"header": "Town", "target": "nowhere"}]}, "columns[0].target", "invalid_target"),
        ({"columns": [{"header": "Town", "target": "attributes."}]}, "columns[0].target", "invalid_target"),
        ({"columns": [{"header": "Town", "target": "name"}, {"header": "Opt-in", "target": "name"}]},
         "columns[1].target", "invalid_target"),
        ({"columns": [{"header": "Town"}]}, "columns[0]", "invalid_type"),
        ({"columns": [{"header": "Town", "target": "phone", "colour": 1}]}, "columns[0].colour", "unknown_field"),
        ({"columns": "Town"}, "columns", "invalid_type"),
        ({"columns": [{"header": "Town", "target": "x" * 200}]}, "columns[0].target", "too_long"),
        ({"country": "Kenya"}, "country", "invalid_country"),
        ({"addTags": [" "]}, "addTags[0]", "required"),
        ({"addTags": None}, "addTags", "invalid_type"),
        ({"state": "done"}, "state", "unknown_field"),
        ([], "contact", "invalid_type"),
    ],
)  # fmt: skip
def test_changes_that_make_no_sense(upload, client, changes, field, code):
    record = upload()
    answer = client.patch(f"{IMPORTS}/{record['id']}", json=changes)
    assert_envelope(answer, 400, "validation_failed")
    assert [(d["field"], d["code"]) for d in answer.json["error"]["details"]] == [(field, code)]
    assert client.get(f"{IMPORTS}/{record['id']}").json == record


def test_only_a_draft_can_be_changed(upload, follow, client):
    record = upload()
    follow(record, "run")
    answer = client.patch(f"{IMPORTS}/{record['id']}", json={"country": "UG"})
    assert_envelope(answer, 400, "import_not_draft")


def test_a_list_without_phones_is_a_draft_to_be_mapped(upload, follow, client):
    record = upload("Name,Town\nAnn,Nairobi\n")
    for action in ("check", "run"):
        assert_envelope(client.post(f"{IMPORTS}/{record['id']}/{action}"), 400, "no_phone_column")
    client.patch(f"{IMPORTS}/{record['id']}", json={"columns": [{"header": "Town", "target": "phone"}]})
    assert follow(record, "run")[-1]["counts"]["failed"] == 1


def test_what_was_said_of_columns_is_proposed_again(upload, follow, client):
    first = upload("Who,Tel,Alt\nAnn,0712345601,0733000001\n")
    client.patch(f"{IMPORTS}/{first['id']}", json={"columns": [{"header": "Tel", "target": "ignore"}]})
    assert upload("Who,Tel,Alt\nBen,0712345602,\n")["columns"][1]["target"] == "phone"
    follow(first, "run")
    again = upload("Who,Tel,Alt\nBen,0712345602,0733000002\n")
    assert again["columns"][1]["target"] == "ignore"
    assert again["columns"][1]["why"] == "as in the last import of these columns"
    other = upload("Who,Tel\nBen,0712345602\n")
    assert other["columns"][1]["target"] == "phone"


@pytest.mark.parametrize(
    ("content", "fields", "reason"),
    [
        (b"", {}, "is empty"),
        (b"%PDF-1.7", {}, "PDF"),
        (b"\x89PNG\r\n", {}, "picture"),
        (b'a,b\n"open,1\n2,3\n', {}, "never closed"),
        (b"phone\n0712345601\n", {"encoding": "klingon"}, "klingon"),
    ],
)
def test_files_that_cannot_be_read(client, content, fields, reason):
    answer = client.post(IMPORTS, data={"file": (io.BytesIO(content), "x.csv"), **fields})
    assert_envelope(answer, 400, "unreadable_file")
    assert reason in answer.json["error"]["message"]
    assert client.get(IMPORTS).json == {"imports": []}


def phone_list():
    """Return a list to upload, which a request closes."""
    return io.BytesIO(b"phone\n"), "x.csv"


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"file": None}, "file", "required"),
        ({"file": "a text"}, "file", "invalid_type"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"country": "Kenya"}, "country", "invalid_country"),
        ({"headerRow": "first"}, "headerRow", "invalid_number"),
        ({"headerRow": "9"}, "headerRow", "invalid_number"),
        ({"delimiter": "##"}, "delimiter", "invalid_text"),
        ({"delimiter": '"'}, "delimiter", "invalid_text"),
        ({"encoding": "x" * 50}, "encoding", "too_long"),
        ({"encoding": "\0"}, "encoding", "too_long"),
        ({"file": "two of them"}, "file", "too_many"),
        ({"country": ["KE", "UG"]}, "country", "too_many"),
    ],
)
def test_uploads_that_make_no_sense(client, fields, field, code):
    data = {name: value for name, value in ({"file": phone_list()} | fields).items() if value}
    if data.get("file") == "two of them":
        data["file"] = [phone_list(), phone_list()]
    answer = client.post(IMPORTS, data=data, content_type="multipart/form-data")
    assert_envelope(answer, 400, "validation_failed")
    assert [(d["field"], d["code"]) for d in answer.json["error"]["details"]] == [(field, code)]


def test_how_a_file_is_read_can_be_said(upload):
    text = "List of May\n0712345601,Ann\nTel,Name\n0712345602,Ben\n"
    assert upload(text, headerRow="3", country="ug")["rows"] == 1
    assert upload(text, headerRow="3", country="ug")["country"] == "UG"
    headless = upload("0712345601,Ann\n0712345602,Ben\n", headerRow="0")
    assert (headless["headerRow"], headless["rows"]) == (None, 2)
    parted = upload("Name#Phone;x\nAnn#0712345601\n", delimiter="#")
    assert [column["header"] for column in parted["columns"]] == ["Name", "Phone;x"]
    assert upload("Name\tPhone\nAnn\t0712345601\n", delimiter="tab")["delimiter"] == "\t"
    assert upload("name;phone\nЖанна;0712345601\n".encode("cp1251"), encoding="cp1251")["encoding"] == "Windows-1251"


def test_limits_of_an_upload(client):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    for size in ((25 << 20) + 1, 26 << 20):
        body = head + b"x" * size + b"\r\n--x--\r\n"
        answer = client.post(IMPORTS, data=body, content_type="multipart/form-data; boundary=x")
        assert_envelope(answer, 413, "body_too_large")
        assert "25 MiB" in answer.json["error"]["message"]
    assert_envelope(client.post(IMPORTS, json={}), 415, "unsupported_media_type")


def test_the_name_of_a_file_is_only_a_name(upload):
    assert upload(name="C:\\lists\\../../may\u202e.csv")["fileName"] == "may\\u202e.csv"
    assert len(upload(name=f"{'x' * 400}.csv")["fileName"]) <= 255
    assert len(upload(name="\u202e" * 250)["fileName"]) == 255


def test_imports_of_others(upload, client_of, follow):
    record = upload()
    stranger = client_of("stranger")
    path = f"{IMPORTS}/{record['id']}"
    for answer in (
        stranger.get(path),
        stranger.patch(path, json={}),
        stranger.get(f"{path}/failed.csv"),
        *(stranger.post(f"{path}/{action}") for action in ("check", "run", "undo")),
    ):
        assert_envelope(answer, 404, "import_not_found")
    assert stranger.get(IMPORTS).json == {"imports": []}
    assert_envelope(client_of("owner").get(f"{IMPORTS}/imp_nope"), 404, "import_not_found")
    assert_envelope(client_of("owner").get(f"{IMPORTS}/imp_\x00"), 404, "import_not_found")


def test_roles(upload, client_of, follow):
    record = upload()
    viewer, path = client_of("viewer"), f"{IMPORTS}/{record['id']}"
    assert viewer.get(IMPORTS).json["imports"] == [record]
    assert viewer.get(path).json == record
    assert viewer.get(f"{path}/failed.csv").status_code == 200
    for answer in (
        viewer.post(IMPORTS, data={"file": phone_list()}),
        viewer.patch(path, json={}),
        *(viewer.post(f"{path}/{action}") for action in ("check", "run", "undo")),
    ):
        assert_envelope(answer, 403, "role_not_allowed")
    assert_envelope(client_of().get(IMPORTS), 401, "session_required")
    assert_envelope(client_of().post(IMPORTS, data={"file": phone_list()}), 401, "session_required")
    for role in ("admin", "developer"):
        assert follow(record, "check", client=client_of(role))[-1]["id"] == record["id"]


def test_another_site_cannot_bring_in_a_list(client):
    data = {"file": phone_list()}
    answer = client.post(IMPORTS, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert_envelope(answer, 403, "cross_site_request")


def test_unknown_parameters_are_refused(upload, client):
    record = upload()
    for answer in (client.get(f"{IMPORTS}?limit=5"), client.post(f"{IMPORTS}/{record['id']}/run?now=1")):
        assert_envelope(answer, 400, "validation_failed")


def test_the_newest_fifty_are_listed(upload, client):
    ids = [upload("phone\n0712345601\n")["id"] for _ in range(52)]
    assert [record["id"] for record in client.get(IMPORTS).json["imports"]] == ids[:1:-1]
