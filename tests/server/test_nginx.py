"""Behind a real nginx with TLS, under one host with a dashboard that signs people in."""

import http.client
import json
import os
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest

from sendy_contacts import create_app
from sendy_contacts.accounts.users import find_user
from sendy_contacts.database.connection import db
from tests.support.database import PASSWORD, settings
from tests.support.programs import end, start
from tests.support.service import BIN, ROOT, Service, environment, free_port

CONTACTS = "/internal/contacts"
pytestmark = pytest.mark.needs("nginx", "openssl")

HOST = "dashboard.example"

NGINX = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    # The configuration alone has to see to it that lines are passed on as they come.
    proxy_ignore_headers X-Accel-Buffering;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        include {folder}/contacts.conf;
        location /session {{
            proxy_pass http://127.0.0.1:{service};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
        location / {{ proxy_pass http://127.0.0.1:{dashboard}; }}
    }}
}}
"""


class Site:
    """One browser's view of the site: HTTPS, one host, a jar with one cookie."""

    def __init__(self, port, certificate):
        self.port = port
        self.certificate = certificate
        self.cookie = None

    @contextmanager
    def open(self, method, path, body=None, source="127.0.0.1", **headers):
        """Yield the response to a request; hang up at the end."""
        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = False
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=20, source_address=(source, 0)
        )
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Host": HOST, "Content-Type": "application/json"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        if self.cookie:
            sent["Cookie"] = self.cookie
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            if cookie := answer.headers.get("Set-Cookie"):
                self.cookie = cookie.partition(";")[0]
            yield answer
        finally:
            connection.close()

    def call(self, method, path, body=None, **options):
        """Return (status, decoded JSON or None, headers) of a request."""
        with self.open(method, path, body, **options) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def start_nginx(folder, certificate, service, dashboard):
    port = free_port()
    for name in ("cert.pem", "key.pem"):
        (folder / name).write_bytes((certificate / name).read_bytes())
    example = (ROOT / "deploy" / "nginx.conf").read_text()
    assert example.count("8001") == 2
    (folder / "contacts.conf").write_text(example.replace("8001", str(service)))
    user = "user root;" if os.geteuid() == 0 else ""  # the workers write below the folder too
    (folder / "nginx.conf").write_text(
        NGINX.format(user=user, folder=folder, port=port, service=service, dashboard=dashboard)
    )
    return port, start(["nginx", "-p", folder, "-c", folder / "nginx.conf"], folder / "nginx.log")


@pytest.fixture
def service(database_url, tmp_path):
    env = environment(
        database_url,
        PORT=str(free_port()),
        SECRET_KEY="a new secret key",
        SECRET_KEY_FALLBACKS="an old secret key,older",
    )
    service = Service(env, tmp_path / "service.log").wait()
    yield service
    service.stop()


@pytest.fixture
def site(service, database_url, tmp_path, certificate):
    """The whole site: nginx, the service, and a dashboard that signs with a key from before the rotation."""
    port = free_port()
    command = [BIN / "gunicorn", "--config", "/dev/null", "--no-control-socket", "--bind", f"127.0.0.1:{port}",
               "--chdir", ROOT / "tests" / "support", "dashboard:app"]  # fmt: skip
    dashboard = start(command, tmp_path / "dashboard.log", env=service.env | {"SECRET_KEY": "an old secret key"})
    port, nginx = start_nginx(tmp_path, certificate, service.port, port)
    site = Site(port, certificate / "cert.pem")
    create_app(settings(database_url))
    with db.connection_context():
        session_id = find_user("owner@example.com").session_id
    db.close_all()
    for _ in range(200):
        try:
            if site.call("POST", f"/sign-in/{session_id}")[0] == 200:
                break
        except (OSError, ValueError):
            time.sleep(0.05)
    yield site
    for process in (nginx, dashboard):
        end(process)


def lines(service):
    return [json.loads(line) for line in service.log.read_text().splitlines() if line.startswith("{")]


def test_a_person_signed_in_at_the_dashboard_is_signed_in_here(site, service):
    status, contact, headers = site.call("POST", CONTACTS, {"phone": "0700000000"}, Origin=f"https://{HOST}")
    assert (status, headers["Location"]) == (201, f"{CONTACTS}/{contact['id']}")
    status, listed, headers = site.call("GET", CONTACTS)
    assert (status, listed["contacts"]) == (200, [contact])
    assert "Set-Cookie" not in headers
    logged = [line for line in lines(service) if line["route"] == CONTACTS]
    assert [line["user"] for line in logged] == [1, 1]
    assert logged[-1]["request_id"] == headers["X-Request-Id"]
    assert len(headers["X-Request-Id"]) == 32


def test_the_client_is_in_the_log_and_cannot_choose_its_address(site, service):
    site.call("GET", CONTACTS, source="127.0.0.2", X_Forwarded_For="203.0.113.9", X_Request_Id="mine")
    service.call("GET", CONTACTS, source="127.0.0.3", X_Forwarded_For="203.0.113.9")
    proxied, direct = [line for line in lines(service) if line["route"] == CONTACTS]
    assert (proxied["address"], direct["address"]) == ("127.0.0.2", "127.0.0.3")
    assert proxied["request_id"] != "mine"


def test_the_cookie_of_a_sign_in_is_secure(site):
    site.cookie = None
    status, _, headers = site.call("POST", "/session", {"email": "owner@example.com", "password": PASSWORD})
    assert status == 200
    assert "Secure" in headers["Set-Cookie"]
    assert site.call("GET", CONTACTS)[0] == 200


@pytest.mark.parametrize(
    "headers", [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_another_site_is_refused(site, headers):
    status, body, _ = site.call("POST", CONTACTS, {"phone": "0700000000"}, **headers)
    assert (status, body["error"]["code"]) == (403, "cross_site_request")
    assert site.call("GET", CONTACTS)[1]["contacts"] == []


def test_a_body_too_large_gets_the_envelope_from_nginx(site):
    status, body, headers = site.call("POST", CONTACTS, b"x" * (5 * 1024 * 1024 + 1))
    assert (status, headers["Content-Type"]) == (413, "application/json")
    assert set(body["error"]) == {"type", "code", "message", "request_id"}
    assert (body["error"]["code"], body["error"]["request_id"]) == ("body_too_large", headers["X-Request-Id"])
    assert site.call("POST", CONTACTS, b"x" * (5 * 1024 * 1024))[1]["error"]["code"] == "malformed_json"


def test_a_service_that_is_down_gets_the_envelope_from_nginx(site, service):
    service.stop()
    status, body, headers = site.call("GET", CONTACTS)
    assert (status, body["error"]["code"]) == (503, "database_unavailable")
    assert headers["Retry-After"] == "5"
