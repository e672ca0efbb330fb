"""The description is whole: every route, error and problem is in it, its examples fit its schemas."""

import io
import json
import re
from typing import get_args

import jsonschema_rs
import pytest

from sendy_contacts.accounts import sign_in as signing
from sendy_contacts.clock import days_ago
from sendy_contacts.database.connection import db
from sendy_contacts.imports import exports
from sendy_contacts.imports.record.prune import prune_imports
from sendy_contacts.imports.record.store import find_import, find_owner, save_import
from sendy_contacts.openapi.document import describe_service, list_methods
from sendy_contacts.openapi.examples import ID, IMPORT_ID
from sendy_contacts.openapi.operations import ANYWHERE
from sendy_contacts.validation.errors import ErrorCode, WarningCode
from tests.support.service import ROOT, environment, flask

SOURCES = "".join(path.read_text() for path in (ROOT / "sendy_contacts").rglob("*.py"))
IMPORTS = "/internal/imports"
DESCRIPTION = "/internal/contacts/openapi.json"

JSON = {"content_type": "application/json"}
FORM = {"content_type": "multipart/form-data; boundary=x"}
EMPTY_FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="empty.csv"\r\n\r\n\r\n--x--\r\n'

# A caller, and how their call differs from the example of the description.
SITUATIONS = [
    ("owner", {}),
    (None, {}),
    (None, {"headers": {"Authorization": "Bearer wac_live_x"}}),
    ("viewer", {}),
    ("owner", {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    ("owner", {"headers": {"X-Forwarded-For": "203.0.113.9"}}),
    (None, {"headers": {"Accept": "text/html"}}),
    ("owner", {"query_string": {"unknown": "1"}}),
    ("owner", {"query_string": {"cursor": "1"}}),
    ("owner", {"json": {}}),
    ("owner", {"json": {"email": "owner@example.com", "password": "wrong"}}),
    ("owner", {"json": {"contacts": [{}] * 1001}}),
    ("owner", {"data": b"{", **JSON}),
    ("owner", {"data": b"{}", "content_type": "text/plain"}),
    ("owner", {"data": b" " * 6_000_000, **JSON}),
    ("owner", {"data": EMPTY_FILE, **FORM}),
    ("owner", {"data": b" " * 27_000_000, **FORM}),
]

# The description is the same on every database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def document(app):
    return describe_service(app)


def operations(document):
    """Return what is described as (method, path, description) of each."""
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def follow(document, reference):
    """Return the component that a reference names."""
    _, kind, name = reference["$ref"].rsplit("/", 2)
    return document["components"][kind][name]


def test_every_route_but_the_views_is_described(app, document):
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("pages.")]
    routes = {(method, rule.rule) for rule in rules for method in list_methods(rule)}
    described = {(method, re.sub(r"{(\w+)}", r"<\1>", path)) for method, path, _ in operations(document)}
    assert described == routes


def test_every_operation_has_an_id_and_a_summary(document):
    said = [operation["summary"] for _, _, operation in operations(document)]
    assert all(re.fullmatch(r"[A-Z].*\.", summary) for summary in said), said
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)


def test_the_errors_are_those_of_the_readme(document):
    table = re.findall(r"^\| ([\d, ]+) \| `(\w+)` \| (.*) \|$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    told = {
        (code, kind, status)
        for statuses, kind, codes in table
        for code in re.findall(r"`(\w+)`", codes)
        for status in statuses.split(", ")
    }
    codes = {code for code, _, _ in told}
    error = document["components"]["schemas"]["Error"]["properties"]["error"]["properties"]
    assert set(error["code"]["enum"]) == codes
    assert set(error["type"]["enum"]) == {kind for _, kind, _ in told}
    described = set()
    answers = [answer for _, _, operation in operations(document) for answer in operation["responses"].items()]
    answers += [("404", document["components"]["responses"]["NotFound"])]
    answers += [("405", document["components"]["responses"]["MethodNotAllowed"])]
    for status, answer in answers:
        if int(status) >= 400:
            for name, reference in answer["content"]["application/json"]["examples"].items():
                example = follow(document, reference)["value"]["error"]
                assert name == example["code"]
                described.add((name, example["type"], status))
    # Of a status that stands beside another one the README doesn't say which code it goes with.
    assert described <= told
    assert {code for code, _, _ in described} == codes


def answers_of(operation):
    """Return the statuses and error codes of a route, but for those that any call can meet."""
    found = set()
    for status, answer in operation["responses"].items():
        codes = answer["content"]["application/json"]["examples"] if int(status) >= 400 else [None]
        found |= {(int(status), code) for code in codes if code not in ANYWHERE}
    return found


def call_all(document, client, ids, difference):
    """Yield (method, path, status, error code) of each route called as its example says but for the difference."""
    for method, path, operation in operations(document):
        call = dict(difference)
        if "requestBody" in operation and not call.keys() & {"json", "data"}:
            ((media_type, content),) = operation["requestBody"]["content"].items()
            (example,) = content["examples"].values()
            value = follow(document, example)["value"]
            call |= {"json": value} if media_type == JSON["content_type"] else {"data": as_form(value)}
        answer = client.open(path.format(**ids), method=method, **call)
        answer.get_data()  # or a stream would not be closed
        yield method, path, answer.status_code, answer.json["error"]["code"] if answer.status_code >= 400 else None


def as_form(value):
    """Return the example of an upload with its file as one."""
    return value | {"file": (io.BytesIO(value["file"].encode()), "list.csv")}


@pytest.fixture
def imports(client):
    """The ids of imports in each state that makes a difference."""

    def upload(text):
        return client.post(IMPORTS, data={"file": (io.BytesIO(text.encode()), "list.csv")}).json["id"]

    text = "Name,Mobile No.\nAnn,0712345678\n"
    ids = {"draft": upload(text), "without phones": upload("Town\nThika\n")}
    for name in ("done", "expired when done", "expired draft"):
        ids[name] = upload(text)
        if name != "expired draft":
            client.post(f"{IMPORTS}/{ids[name]}/run")
    with db.connection_context():
        for name in ("expired when done", "expired draft"):
            owner = find_owner(ids[name])
            save_import(owner.id, find_import(owner.id, ids[name])._replace(updated_at=days_ago(31)))
            prune_imports(owner.id)
    return ids


def test_each_route_returns_the_described_errors_and_no_others(document, client, client_of, imports, monkeypatch):
    contact = client.post("/internal/contacts", json={"phone": "+254712345678"}).json["id"]
    stored = {"contact_id": contact, "import_id": imports["draft"]}
    answered = set()
    for person, difference in SITUATIONS:
        answered.update(call_all(document, client_of(person), stored, difference))
    answered.update(call_all(document, client_of("owner"), {"contact_id": ID, "import_id": IMPORT_ID}, {}))
    for import_id in imports.values():
        answered.update(call_all(document, client_of("owner"), stored | {"import_id": import_id}, {}))
    owner = client_of("owner")
    monkeypatch.setattr(exports, "MAX_KEYS", 0)
    answered.update(call_all(document, owner, stored, {}))
    monkeypatch.setattr(signing, "SIGN_INS_PER_ADDRESS", 0)
    answered.update(call_all(document, client_of(None), stored, {}))
    db.close_all()
    db.obj.database = "/nowhere/contacts.db"
    answered.update(call_all(document, owner, stored, {}))
    described = {
        (method, path, *answer)
        for method, path, operation in operations(document)
        for answer in answers_of(operation)
    }
    assert answered == described


def test_every_problem_and_warning_is_described(document):
    schemas = document["components"]["schemas"]
    described = [code for name in ("Problem", "Warning") for code in schemas[name]["properties"]["code"]["enum"]]
    assert described == [*get_args(ErrorCode), *get_args(WarningCode)]
    assert [code for code in described if SOURCES.count(f'"{code}"') < 2] == []


def test_every_response_has_a_request_id(document):
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert "X-Request-Id" in answer["headers"], path
            assert ("Retry-After" in answer["headers"]) is (status in ("429", "503"))
            assert ("Location" in answer["headers"]) is (status == "201")


def test_the_examples_fit_the_schemas(document):
    checked = 0
    for name, example in document["components"]["examples"].items():
        schema = {"$ref": f"#/components/schemas/{name if name in document['components']['schemas'] else 'Error'}"}
        jsonschema_rs.validate(schema | {"components": document["components"]}, example["value"])
        checked += 1
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            jsonschema_rs.validate(parameter["schema"], parameter["example"])
            checked += 1
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            assert content["examples"]
    assert checked > 30


def test_a_contact_is_described_key_by_key(document, client):
    schemas = document["components"]["schemas"]
    created = client.post("/internal/contacts", json={"phone": "+254712345678", "optedIn": False}).json
    assert list(created) == list(schemas["Contact"]["properties"])
    assert set(schemas["ContactRow"]["properties"]) == {"phone", "name", "country", "attributes", "tags", "optedIn"}
    assert set(schemas["ContactPatch"]["properties"]) == {"name", "attributes", "tags"}
    assert all(schemas[name]["additionalProperties"] is False for name in ("ContactRow", "ContactPatch", "BulkCall"))


def test_the_limits_are_those_of_the_code(document):
    row = document["components"]["schemas"]["ContactRow"]["properties"]
    assert row["name"]["maxLength"] == 200
    assert row["tags"]["maxItems"] == 50
    assert row["attributes"]["propertyNames"]["maxLength"] == 64
    assert document["components"]["schemas"]["BulkCall"]["properties"]["contacts"]["maxItems"] == 1000


def test_blank_means_the_same_in_the_description(document):
    parameters = document["paths"]["/internal/contacts"]["get"]["parameters"]
    (schema,) = [parameter["schema"]["items"] for parameter in parameters if parameter["name"] == "tag"]
    fits = jsonschema_rs.validator_for(schema).is_valid
    characters = [chr(n) for n in range(0x10000) if not 0xD800 <= n < 0xE000]
    assert [c for c in characters if not fits(c)] == ["\0", *(c for c in characters if c.isspace())]


def test_the_security_of_each_call(app, document):
    app.config["SESSION_COOKIE_NAME"] = "dashboard"
    assert describe_service(app)["components"]["securitySchemes"]["cookie"]["name"] == "dashboard"
    for _, path, operation in operations(document):
        public = not path.startswith("/internal/")
        assert operation.get("security", document["security"]) == ([] if public else [{"cookie": []}, {"bearer": []}])


@pytest.mark.parametrize("person", ["owner", "viewer"])
def test_everyone_signed_in_may_read_it(client_of, document, person):
    answer = client_of(person).get(DESCRIPTION)
    assert answer.status_code == 200
    assert answer.json == document


def test_it_takes_no_parameter(client):
    assert client.get(f"{DESCRIPTION}?pretty=1").json["error"]["code"] == "validation_failed"


def test_the_command_needs_no_database(document):
    printed = flask(environment("postgresql://nobody@127.0.0.1:1/nowhere"), "openapi")
    assert json.loads(printed) == document


def test_its_version_is_that_of_the_changelog(document):
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert document["info"]["version"] == newest
