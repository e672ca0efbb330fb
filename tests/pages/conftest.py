"""A real browser, and the service under gunicorn with a database of the module's own."""

import re
import shutil

import pytest

from tests.support.browser import run_browser, sign_in
from tests.support.database import PASSWORD
from tests.support.programs import missing
from tests.support.service import Service, environment, free_port

# Chromium itself reports each response of 400 and above, and each failed connection.
REPORTED = re.compile("Failed to load resource")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/pages/" in str(item.path) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.needs("chromium"))


@pytest.fixture(scope="session")
def browser():
    assert not missing(["chromium"])
    with run_browser() as running:
        yield running


@pytest.fixture(scope="module")
def service(golden_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    shutil.copy(golden_file, folder / "contacts.db")
    env = environment(f"sqlite:///{folder / 'contacts.db'}", PORT=str(free_port()))
    running = Service(env, folder / "log").wait()
    yield running
    running.stop()


@pytest.fixture
def open_page(browser, service):
    """A function: a person's name, or None -> a page of a browser in which they are signed in."""
    contexts, said = [], []

    def open_as(name="owner", **options):
        address = f"http://127.0.0.1:{service.port}"
        context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if name:
            sign_in(context, f"{name}@example.com", PASSWORD)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert [text for text in said if not REPORTED.search(text)] == []


@pytest.fixture
def page(open_page):
    """The owner's page."""
    return open_page()


@pytest.fixture
def post(page):
    """A function: posts contacts as the owner, in bulk."""

    def send(*rows):
        answer = page.request.post("/internal/contacts/bulk", data={"contacts": list(rows)})
        assert answer.json()["failed"] == 0, answer.text()
        return answer.json()

    return send
