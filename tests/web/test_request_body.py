"""Whatever is sent, the answer is a documented one and nothing is lost: never a 5xx."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.web import request_body

CONTACTS = "/internal/contacts"
CALLS = [("POST", CONTACTS), ("POST", f"{CONTACTS}/bulk"), ("PATCH", f"{CONTACTS}/con_01JD3Z6V9T7Q8M2K5R4X1W0YBC")]

NO_JSON = [
    b"",
    b"{",
    b"nul",
    b"{'a': 1}",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": 1}x',
    b"\xff\xfe",
    b'"\xed\xa0\x80"',
    '{"phone": "é"}'.encode("latin-1"),
    '{"phone": "1"}'.encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a": ' + b"9" * 5000 + b"}",
    b"\x00",
]


@pytest.mark.parametrize("body", NO_JSON, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_invalid_json_is_refused(client, method, path, body):
    answer = client.open(path, method=method, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "malformed_json"


@pytest.mark.parametrize(
    "media_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/vnd.api+json",
     "application/json5", "json", "application/jsön"],
)  # fmt: skip
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_another_media_type_is_refused(client, method, path, media_type):
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = client.open(path, method=method, data=b'{"phone": "+254700000000"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json["error"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_understood_with_and_without_a_byte_order_mark(client, media_type):
    for mark in (b"", b"\xef\xbb\xbf"):
        answer = client.post(CONTACTS, data=mark + b'{"phone": "+254700000000"}', content_type=media_type)
        assert answer.status_code in (200, 201)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_body_over_the_limit_is_refused(client, method, path):
    body = b'{"phone": "+254700000000", "name": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    answer = client.open(path, method=method, data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "body_too_large"


def test_a_large_body_within_the_limit_is_read(client):
    rows = [{"phone": f"+2547000{n:05}", "attributes": {f"k{k}": "x" * 400 for k in range(12)}} for n in range(1000)]
    answer = client.post(f"{CONTACTS}/bulk", json={"contacts": rows})
    assert answer.json["created"] == 1000


@pytest.mark.parametrize(
    "text",
    ["12345678901234567890", "-12345678901234567890", "9223372036854775808", "1e400", "-0", "-0.0", "1.10", "0.1e1",
     '{"a": 1, "a": 2}', '"\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', "123456789012345678.5", "[[[1]]]", '{"": []}'],
)  # fmt: skip
def test_a_text_is_read_as_by_python(text):
    assert repr(request_body._load(text.encode())) == repr(json.loads(text))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63), 2**64, 10**400, 1e308, -1e-308, 0.0, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(categories=None), max_size=20),
    st.sampled_from(
        ["\0", "\ud800", "x" * 1025, "+254712345678", "0712345678", "\u202e", "'; DROP TABLE contact; --"]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
KEYS = st.sampled_from(["phone", "name", "country", "attributes", "tags", "optedIn", "contacts", "id", "__proto__"])
BODIES = st.one_of(
    VALUES,
    st.dictionaries(KEYS | st.text(st.characters(categories=None), max_size=5), VALUES, max_size=6),
    st.builds(lambda rows: {"contacts": rows}, st.lists(st.dictionaries(KEYS, VALUES, max_size=5), max_size=5)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, call=st.sampled_from(CALLS))
def test_any_json_gets_a_documented_response(client, body, call):
    method, path = call
    answer = client.open(path, method=method, data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 201, 400, 404)
    for contact in client.get(CONTACTS).json["contacts"]:
        assert contact["phone"].startswith("+")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(st.characters(codec="utf-8"), max_size=30), name=st.sampled_from(["q", "tag", "cursor", "limit"])
)
def test_any_query_gets_a_documented_response(client, query, name):
    assert client.get(CONTACTS, query_string={name: query}).status_code in (200, 400)
    assert client.get(f"{CONTACTS}?{name}=%00%ff{query!r}").status_code in (200, 400)
