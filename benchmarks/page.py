"""The contacts page in a real browser: its longest frame during an import, and how soon a list of 500 is shown."""

import shutil
from collections.abc import Iterator
from statistics import median
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import run_browser

from . import imports, rows
from .databases import Databases
from .report import Line, Table
from .results import Results, say
from .scale import Scale
from .servers import run_service
from .systems import SERVICE, SQLITE

DATABASE = f"{SQLITE}, page"
FRAME = "longest frame while {dataset:,} rows are checked and imported"
OPENED = "500 contacts opened: from the response until the window is filled"
FOUND = "500 contacts found: from the response until all are shown"
MOST = {FRAME: 0.2, OPENED: 0.3, FOUND: 0.3}  # seconds
REST = 500  # milliseconds after which nothing more is painted
PATIENCE = 600_000

# Run in each page before its own scripts. What follows a frame follows its painting.
WATCH = """
const afterFrame = (call) => requestAnimationFrame(() => setTimeout(call));
let last = performance.now();
window.longest = 0;
const watch = (now) => {
    window.longest = Math.max(window.longest, now - last);
    last = now;
    requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
new PerformanceObserver((seen) => (window.shown = seen.getEntries().at(-1).startTime)).observe({
    type: "largest-contentful-paint", buffered: true,
});
window.waitForResults = () => new Promise((resolve) => {
    new MutationObserver((changes, observer) => {
        observer.disconnect();
        afterFrame(() => resolve(performance.now() - performance.getEntriesByType("resource").at(-1).responseEnd));
    }).observe(document.querySelector("#results").parentElement, { childList: true });
});
"""


def measure(databases: Databases, scale: Scale, results: Results) -> Iterator[str]:
    """Measure on SQLite; yield a table, or why there is none."""
    if shutil.which("chromium") is None:
        yield "chromium isn't installed, so the page is left out."
        return
    say("page")
    with run_service(databases.make_migrated(SQLITE, "page"), databases.folder) as service, run_browser() as browser:
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{service.port}",
            extra_http_headers={"Authorization": f"Bearer {service.token}"},
            viewport={"width": 1280, "height": 900},
        )
        context.add_init_script(WATCH)
        results.add(FRAME, DATABASE, SERVICE, import_list(context.new_page(), databases, scale))
        for _ in range(scale.rounds):
            page = context.new_page()
            results.add(OPENED, DATABASE, SERVICE, open_list(page))
            results.add(FOUND, DATABASE, SERVICE, find(page))
            page.close()
    yield tabulate(scale, results).render()


def import_list(page: Page, databases: Databases, scale: Scale) -> float:
    """Import a CSV file in the page; return the seconds of the longest frame."""
    file = databases.folder / "page.csv"
    imports.write_csv(file, rows.make_rows(0, scale.dataset))
    page.goto("/contacts/imports/new")
    page.evaluate("window.longest = 0")
    page.get_by_label("Spreadsheet with the contacts").set_input_files(file)
    page.get_by_role("link", name="Check the rows").click(timeout=PATIENCE)
    page.locator("[data-import]").click(timeout=PATIENCE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported", timeout=PATIENCE)
    return read(page, "window.longest")


def open_list(page: Page) -> float:
    """Open the list; return the seconds from the end of the response until the window is filled."""
    page.goto("/contacts")
    page.wait_for_timeout(REST)
    return read(page, "window.shown - performance.getEntriesByType('navigation')[0].responseEnd")


def find(page: Page) -> float:
    """Filter the list by what all have; return the seconds from the end of the response until it is shown."""
    found = page.evaluate_handle("({ shown: window.waitForResults() })")
    page.locator("#optedIn").select_option("Opted in")
    return read(found, "found => found.shown")


def read(source: Any, expression: str) -> float:
    """Return a time of the browser in seconds."""
    return float(source.evaluate(expression)) / 1_000


def tabulate(scale: Scale, results: Results) -> Table:
    """Return the table; the typical times are judged."""
    lines = []
    for work, most in MOST.items():
        typical, longest = (results.summarise(work, DATABASE, how)[SERVICE] for how in (median, max))
        figures = {"typical": typical * 1_000, "longest": longest * 1_000}
        verdict = "ok" if typical <= most else "**over**"
        lines.append(Line(work.format(**scale._asdict()), "ms", figures, remark=f"≤ {most * 1_000:g} ms: {verdict}"))
    return Table("The contacts page in a browser", ("typical", "longest"), lines)
