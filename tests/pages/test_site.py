"""What holds for every view: who may see it, headers, weight, and the switch that leaves nothing of it."""

import re

import pytest
from peewee import OperationalError

from sendy_contacts import create_app
from tests.support.database import PASSWORD, settings

VIEWS = ["/contacts", "/contacts/new", "/contacts/imports", "/contacts/imports/new", "/contacts/templates"]


@pytest.mark.parametrize("path", [*VIEWS, "/contacts/con_x", "/contacts/imports/imp_x"])
def test_every_view_needs_a_session(client_of, path):
    answer = client_of().get(f"{path}?a=b")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")
    assert client_of("gone").get(path).status_code == 302


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("name", ["owner", "viewer"])
def test_every_view_is_strict(client_of, name, path):
    answer = client_of(name).get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", html) == []


def test_the_start_leads_to_the_contacts(client_of):
    answer = client_of().get("/")
    assert (answer.status_code, answer.location) == (302, "/contacts")


def test_other_workspaces_are_not_found(client, client_of, add):
    contact = next(iter(add({"phone": "+254712345601"}).contacts.values()))
    assert client.get(f"/contacts/{contact['id']}").status_code == 200
    answer = client_of("stranger").get(f"/contacts/{contact['id']}")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "no contact with this id" in answer.text


@pytest.mark.parametrize("query", ["optedIn=maybe", "limit=0", "cursor=x", "what=ever", "q=" + "x" * 201])
def test_a_bad_address_is_a_page_that_says_so(client, query):
    answer = client.get(f"/contacts?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "<h1" in answer.text


def test_files_are_kept_for_ever_under_their_hash(client):
    html = client.get("/contacts").text
    files = re.findall(r"(?:src|href)=\"(/contacts/static/[^\"]+)\"", html)
    assert len(files) == 4
    for address in files:
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        other = client.get(re.sub("static/[0-9a-f]+", "static/0", address))
        assert other.headers["Cache-Control"] == "no-store"
    assert client.get("/contacts/static/0/none.js").status_code == 404


def test_the_first_view_weighs_at_most_100_kb(client, add):
    for start in range(0, 500, 250):
        add(
            *(
                {
                    "phone": f"+2547{n * 7_919 % 100_000_000:08}",
                    "name": f"Person {n * 7_919 % 1_000_003}",
                    "tags": [f"block {n % 40}", "tenant"],
                    "attributes": {"rent": n * 7_919 % 100_003, "invoice": f"ALF-{n * 31_337 % 999_983}"},
                }
                for n in range(start, start + 250)
            )
        )
    headers = {"Accept-Encoding": "gzip"}
    page = client.get("/contacts", headers=headers)
    html = client.get("/contacts").text
    folder = re.search(r"/contacts/static/[0-9a-f]+/", html)[0]
    names = {"bootstrap.min.css", "app.css", "theme.js", "main.js"}
    todo = [*names]
    weight = len(page.data)
    while todo:
        answer = client.get(folder + todo.pop(), headers=headers)
        weight += len(answer.data)
        imported = set(re.findall(r"from \"\./(\w+\.js)\"", client.get(answer.request.path).text)) - names
        names |= imported
        todo += imported
    assert len(names) > 20
    assert html.count("<tr data-id") == 500
    assert weight <= 100_000, weight


def test_a_database_that_fails_is_a_page_that_says_so(client, monkeypatch):
    assert client.get("/contacts").status_code == 200

    def fail(*_):
        raise OperationalError("unavailable")

    monkeypatch.setattr("sendy_contacts.database.connection.db.obj.connect", fail)
    answer = client.get("/contacts")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"]


def test_switched_off_it_leaves_no_trace(app, database_url):
    off = create_app(settings(database_url) | {"CONTACTS_PAGE": "off"})
    client = off.test_client()
    assert client.post("/session", json={"email": "owner@example.com", "password": PASSWORD}).status_code == 200
    for path in ["/", "/sign-in", *VIEWS]:
        answer = client.get(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")
    assert client.get("/internal/contacts").status_code == 200
