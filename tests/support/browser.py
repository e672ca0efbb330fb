"""A real browser."""

import shutil
from contextlib import contextmanager, nullcontext

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_running = []  # a process can have one Playwright at a time


@contextmanager
def run_browser():
    """Run Debian's chromium without a window."""
    with nullcontext(_running[0]) if _running else sync_playwright() as playwright:
        _running.append(playwright)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        try:
            yield browser
            browser.close()
        finally:
            _running.pop()


def sign_in(context, email, password):
    """Sign a browser's context in."""
    answer = context.request.post("/session", data={"email": email, "password": password})
    assert answer.ok, answer.text()
