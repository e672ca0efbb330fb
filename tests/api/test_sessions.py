"""Signing in and out with JSON: the cookie, wrong guesses, other sites."""

import time

import pytest

from sendy_contacts.accounts import sign_in as signing
from sendy_contacts.accounts.models import SignInAttempt, User
from sendy_contacts.database.connection import db
from tests.support.database import PASSWORD
from tests.support.envelope import assert_envelope

CONTACTS = "/internal/contacts"


def sign_in(client, email="owner@example.com", password=PASSWORD, base_url=None, **headers):
    return client.post("/session", json={"email": email, "password": password}, headers=headers, base_url=base_url)


def test_sign_in_and_out(client_of):
    client = client_of(None)
    answer = sign_in(client, "Owner@Example.com")
    assert answer.status_code == 200
    assert answer.json == {"user": {"email": "owner@example.com", "role": "owner", "workspace": "Acme"}}
    assert client.get(CONTACTS).status_code == 200
    out = client.delete("/session")
    assert (out.status_code, out.data) == (204, b"")
    assert client.get(CONTACTS).status_code == 401


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("http://localhost", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://dashboard.example", True),
        ("https://dashboard.example", True),
        ("https://localhost", True),
        ("http://localhost.evil.example", True),
    ],
)
def test_the_cookie_is_protected(client_of, base_url, secure):
    cookie = sign_in(client_of(None), base_url=base_url).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie
    assert ("Secure" in cookie) is secure


def test_reading_sets_no_cookie(client):
    assert "Set-Cookie" not in client.get(CONTACTS).headers


def test_a_session_from_before_is_dropped(app, client_of):
    client = client_of(None)
    with client.session_transaction() as held:
        held["planted"] = "x"
    sign_in(client)
    with client.session_transaction() as held:
        assert set(held) == {"_user_id", "_fresh", "_permanent"}
        assert len(held["_user_id"]) == 32


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@example.com", "wrong"),
        ("owner@example.com", ""),
        ("nobody@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_a_refused_sign_in_does_not_say_why(client_of, email, password):
    answer = sign_in(client_of(None), email, password)
    assert_envelope(answer, 401, "invalid_credentials")
    assert "Set-Cookie" not in answer.headers
    assert answer.json["error"]["message"] == "The email address or the password is wrong."


def test_an_unknown_user_costs_a_guess_as_much_work(client_of, monkeypatch):
    checked = []
    check = signing.check_password_hash
    monkeypatch.setattr(signing, "check_password_hash", lambda *args: checked.append(args[0]) or check(*args))
    for email in ("owner@example.com", "nobody@example.com", "gone@example.com"):
        sign_in(client_of(None), email, "wrong")
    assert len(checked) == 3
    assert len({(pwhash.split("$")[0], len(pwhash.split("$")[2])) for pwhash in checked}) == 1


def test_passwords_are_hashed_with_a_memory_hard_function(app):
    with db.connection_context():
        assert all(user.password_hash.startswith("scrypt:32768:8:1$") for user in User)


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_guesses_are_limited_for_known_and_unknown_alike(client_of, email):
    client = client_of(None)
    for _ in range(10):
        assert sign_in(client, email, "wrong").status_code == 401
    answer = sign_in(client, email)
    assert_envelope(answer, 429, "too_many_sign_ins")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert sign_in(client, "admin@example.com").status_code == 200


def test_the_limit_ends_after_its_time_and_a_success_clears_it(client_of, monkeypatch):
    client = client_of(None)
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 200
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 429
    later = time.time() + 901
    monkeypatch.setattr(time, "time", lambda: later)
    assert sign_in(client).status_code == 200


def test_one_address_has_a_limit_over_all_users(client_of, monkeypatch):
    monkeypatch.setattr(signing, "SIGN_INS_PER_ADDRESS", 3)
    client = client_of(None)
    assert [sign_in(client, f"{n}@example.com").status_code for n in range(4)] == [401, 401, 401, 429]


def test_good_sign_ins_do_not_use_up_the_limit_of_their_address(client_of, monkeypatch):
    monkeypatch.setattr(signing, "SIGN_INS_PER_ADDRESS", 3)
    assert [sign_in(client_of(None)).status_code for _ in range(5)] == [200] * 5


def test_what_was_tried_is_kept_as_a_digest_only(client_of):
    sign_in(client_of(None), "secret@example.com", "hunter2")
    with db.connection_context():
        assert all(len(row.key) == 64 and "@" not in row.key for row in SignInAttempt)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"email": "owner@example.com"},
        {"email": None, "password": "x"},
        {"email": 5, "password": "x"},
        {"email": "owner@example.com", "password": PASSWORD, "next": "https://evil.example"},
        {"email": "a\0", "password": "x"},
        {"email": "owner@example.com", "password": "x" * 1025},
        {"email": "x" * 255, "password": "x"},
    ],
)
def test_bad_bodies(client_of, body):
    assert_envelope(client_of(None).post("/session", json=body), 400, "validation_failed")


def test_a_surrogate_in_a_password(client_of):
    answer = client_of(None).post(
        "/session", data=b'{"email":"a","password":"\\ud800"}', content_type="application/json"
    )
    assert_envelope(answer, 400, "validation_failed")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_another_site_can_neither_sign_in_nor_out(client, method):
    body = {"email": "owner@example.com", "password": PASSWORD}
    answer = client.open("/session", method=method, json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert_envelope(answer, 403, "cross_site_request")
    assert client.get(CONTACTS).status_code == 200
