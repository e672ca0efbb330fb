"""Who may call what: the access matrix, the ways a session comes, workspaces kept apart."""

import time

import pytest
from itsdangerous import TimestampSigner

from sendy_contacts.accounts.users import find_user
from sendy_contacts.database.connection import db
from sendy_contacts.web.auth import SessionCookie

UNKNOWN_ID = "con_01JD3Z6V9T7Q8M2K5R4X1W0YBC"
READ = ("GET", "/internal/contacts", None)
CREATE = ("POST", "/internal/contacts", {"phone": "+254712345678"})
BULK = ("POST", "/internal/contacts/bulk", {"contacts": [{"phone": "+254712345678"}]})
DESCRIPTION = ("GET", "/internal/contacts/openapi.json", None)
PATCH = ("PATCH", f"/internal/contacts/{UNKNOWN_ID}", {"name": "Jane"})
ROUTES = (READ, CREATE, BULK, PATCH, DESCRIPTION)

# caller: (GET, POST, bulk, PATCH of an id that nobody has, GET the description); a string is the code of a refusal
MATRIX = {
    "owner": (200, 201, 200, "contact_not_found", 200),
    "admin": (200, 201, 200, "contact_not_found", 200),
    "developer": (200, 201, 200, "contact_not_found", 200),
    "viewer": (200, "role_not_allowed", "role_not_allowed", "role_not_allowed", 200),
    "gone": ("session_required",) * 5,
    None: ("session_required",) * 5,
}
STATUS = {
    "contact_not_found": 404,
    "role_not_allowed": 403,
    "session_required": 401,
    "api_key_not_allowed": 403,
    "cross_site_request": 403,
}


def check(answer, expected):
    if isinstance(expected, str):
        assert answer.json["error"]["code"] == expected
        expected = STATUS[expected]
    assert answer.status_code == expected


def call(client, route, **headers):
    method, path, body = route
    return client.open(path, method=method, json=body, headers=headers)


@pytest.mark.parametrize(
    ("caller", "route", "expected"),
    [(who, route, row[n]) for who, row in MATRIX.items() for n, route in enumerate(ROUTES)],
)
def test_matrix_by_cookie_and_by_header(client_of, token_of, caller, route, expected):
    if caller:
        check(call(client_of(None), route, Authorization=f"Bearer {token_of(caller)}"), expected)
        expected = 200 if expected == 201 else expected
    check(call(client_of(caller), route), expected)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("key", ["wac_live_4f0c", "wac_test_4f0c"])
def test_an_api_key_is_refused_as_such_but_does_not_spoil_a_session(client_of, route, key):
    check(call(client_of(None), route, Authorization=f"Bearer {key}"), "api_key_not_allowed")
    check(call(client_of("gone"), route, Authorization=f"Bearer {key}"), "api_key_not_allowed")
    assert call(client_of("owner"), route, Authorization=f"Bearer {key}").status_code in (200, 201, 404)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer forged.token.value", "Bearer é", "bearer x" * 999]
)
def test_invalid_authorization_headers(client_of, header):
    check(call(client_of(None), READ, Authorization=header), "session_required")


def test_a_valid_header_counts_despite_an_invalid_cookie(client_of, token_of):
    client = client_of("gone")
    check(call(client, READ, Authorization=f"Bearer {token_of('owner')}"), 200)


def test_a_session_expires(app, client_of, token_of, monkeypatch):
    client, token = client_of("owner"), token_of("owner")
    later = int(time.time()) + app.permanent_session_lifetime.total_seconds() + 1
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(later))
    check(call(client, READ), "session_required")
    check(call(client_of(None), READ, Authorization=f"Bearer {token}"), "session_required")


def test_invalid_sessions(app, client_of, token_of):
    body, _, signature = token_of("owner").rpartition(".")
    client = client_of(None)
    client.set_cookie("session", f"{body}.{signature[::-1]}")
    check(call(client, READ), "session_required")
    app.config["SECRET_KEY"] = "another"
    check(call(client_of("owner"), READ), 200)
    app.config["SECRET_KEY"] = "yet another"
    check(call(client_of(None), READ, Authorization=f"Bearer {token_of('owner')}x"), "session_required")


def test_a_key_is_rotated_without_signing_anyone_out(app, client_of, token_of):
    client, token = client_of("owner"), token_of("owner")
    app.config.update(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["a secret key for tests"])
    check(call(client, READ), 200)
    check(call(client_of(None), READ, Authorization=f"Bearer {token}"), 200)
    app.config.update(SECRET_KEY_FALLBACKS=[])
    check(call(client, READ), "session_required")


@pytest.mark.parametrize("user_id", ["", "0", "-1", "٣", "1 OR 1=1", "9" * 40, "None", None, 3.5, ["1"], {"a": 1}])
def test_signed_sessions_of_unknown_users_are_invalid(app, client_of, user_id):
    token = SessionCookie().get_signing_serializer(app).dumps({"_user_id": user_id})
    check(call(client_of(None), READ, Authorization=f"Bearer {token}"), "session_required")


@pytest.mark.parametrize("held", [[1, 2], "text", None, 7])
def test_signed_values_other_than_sessions_are_invalid(app, client_of, held):
    token = SessionCookie().get_signing_serializer(app).dumps(held)
    check(call(client_of(None), READ, Authorization=f"Bearer {token}"), "session_required")


@pytest.mark.parametrize("cookie", ["session=\xff\xfe", "remember_token=1|\xe9", "=x; session=; ;;", "\x00"])
def test_invalid_cookies(client_of, token_of, cookie):
    client = client_of(None)
    check(call(client, READ, Cookie=cookie), "session_required")
    check(call(client, READ, Cookie=cookie, Authorization=f"Bearer {token_of('owner')}"), 200)


def test_a_change_of_role_or_activity_counts_at_the_next_request(client_of):
    client = client_of("developer")
    check(call(client, CREATE), 201)
    with db.connection_context():
        user = find_user("developer@example.com")
        user.role = "viewer"
        user.save()
    check(call(client, CREATE), "role_not_allowed")
    check(call(client, READ), 200)
    with db.connection_context():
        user.active = False
        user.save()
    check(call(client, READ), "session_required")


CROSS_SITE = [
    ({"Sec-Fetch-Site": "cross-site"}, True),
    ({"Sec-Fetch-Site": "same-site"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False),
    ({"Origin": "https://evil.example"}, True),
    ({"Origin": "null"}, True),
    ({"Origin": "http://["}, True),
    ({"Origin": "http://localhost"}, False),
    ({"Origin": "https://localhost"}, False),
    ({"Origin": "http://localhost:8080"}, True),
    ({}, False),
]


@pytest.mark.parametrize(("headers", "refused"), CROSS_SITE)
@pytest.mark.parametrize("route", [CREATE, BULK, PATCH])
def test_writes_by_cookie_from_another_site_are_refused(client, headers, refused, route):
    answer = call(client, route, **headers)
    assert (answer.status_code == 403) is refused
    if refused:
        check(answer, "cross_site_request")


@pytest.mark.parametrize(("headers", "_refused"), CROSS_SITE)
def test_the_cross_site_check_skips_reads_and_header_sessions(client, client_of, token_of, headers, _refused):
    check(call(client, READ, **headers), 200)
    check(call(client_of(None), CREATE, Authorization=f"Bearer {token_of('owner')}", **headers), 201)


def test_workspaces_are_kept_apart(client, client_of):
    stranger = client_of("stranger")
    ours = client.post("/internal/contacts", json={"phone": "+254712345678", "name": "Ours"}).json
    theirs = stranger.post("/internal/contacts", json={"phone": "+254712345678", "name": "Theirs"})
    assert theirs.status_code == 201
    assert theirs.json["id"] != ours["id"]
    assert [c["name"] for c in stranger.get("/internal/contacts").json["contacts"]] == ["Theirs"]
    patch = stranger.patch(f"/internal/contacts/{ours['id']}", json={"name": "Stolen"})
    check(patch, "contact_not_found")
    assert [c["name"] for c in client.get("/internal/contacts").json["contacts"]] == ["Ours"]
    page = stranger.get("/internal/contacts", query_string={"cursor": ours["id"], "tag": "x"})
    assert page.json == {"contacts": [], "nextCursor": None}


@pytest.mark.parametrize("name", ["/healthz", "/readyz"])
def test_health_needs_no_session(client_of, name):
    assert client_of(None).get(name).json == {"status": "ok"}
