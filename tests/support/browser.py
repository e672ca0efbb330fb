"""A real browser."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def run_browser():
    """Run Debian's chromium without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield running
        running.close()


def sign_in(context, email, password):
    """Sign a browser's context in."""
    answer = context.request.post("/session", data={"email": email, "password": password})
    assert answer.ok, answer.text()
