"""The smallest run of the benchmarks has all tables and lines. Figures aren't checked."""

import phonenumbers
import psycopg
import pytest

from benchmarks import copying, filters, memory, page, sizes, slow_disk, workspaces
from benchmarks.__main__ import measure, measure_workspaces
from benchmarks.comparison import LINES
from benchmarks.dataset import open_sql
from benchmarks.report import Line, Table, Target
from benchmarks.results import Results
from benchmarks.rows import dump, make_client_phone, make_phone, make_row, make_rows
from benchmarks.scale import TINY
from benchmarks.systems import BARE, BASELINE, POSTGRESQL, SERVICE, SQLITE
from tests.support.programs import missing


def cells(parts):
    """Return the lines of all tables of a report by their title, each as {column: cell}."""
    tables = {}
    for part in parts:
        title, head, _, *lines = [line for line in part.splitlines() if line.startswith(("|", "#"))]
        columns = [cell.strip() for cell in head.split("|")[1:-1]]
        tables[title.removeprefix("## ")] = {
            values[0]: dict(zip(columns, values, strict=True))
            for values in ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
        }
    return tables


def test_the_smallest_run_has_every_line():
    tables = cells(part for part in measure(TINY, Results()) if part.startswith("## "))
    few, many = (f"{size:,}" for size in TINY.sizes)
    short = tuple(f"q={part} " for part in filters.PARTS if len(part) < 3)
    for kind in (SQLITE, POSTGRESQL):
        workloads = tables[f"This service on {kind}"]
        assert list(workloads) == [title.format(**TINY._asdict()) for _, title, *_ in LINES]
        assert all(line[SERVICE] for line in workloads.values())
        assert all(line[BASELINE] or line[BARE] for line in workloads.values())
        by_size = tables[f"This service on {kind}, by the number of contacts"]
        assert list(by_size) == [title for _, title in sizes.WORKLOADS] + [sizes.DISK]
        assert all(line[few] and line[many] for line in by_size.values())
        filtered = tables[f"Filters over {many} contacts on {kind}"]
        assert len(filtered) == len(filters.list_filters(kind, "+254700000000"))
        assert all(line[kind] for line in filtered.values())
        assert all(
            bool(line["targets"]) == (kind == POSTGRESQL or not name.startswith(short))
            for name, line in filtered.items()
        )
        slow = tables.get(f"A flush that takes 5 ms more, on {kind}", {})
        assert list(slow) == [slow_disk.RATE, slow_disk.SLOWEST, slow_disk.REFUSED] * (not missing(["strace"]))
        assert all(line["1 client"] and line["3 clients"] and line["targets"] for line in slow.values())
    in_browser = tables.get("The contacts page in a browser", {})
    assert list(in_browser) == [work.format(**TINY._asdict()) for work in page.MOST] * (not missing(["chromium"]))
    assert all(line["typical"] and line["targets"] for line in in_browser.values())


def test_the_smallest_run_of_many_workspaces_has_every_line():
    tables = cells(part for part in measure_workspaces(TINY, Results()) if part.startswith("## "))
    loading = tables["20 workspaces with 400 contacts in 16 partitions"]
    assert list(loading) == ["copy", "indexes", "statistics", "database", "for each contact"]
    for mode in (workspaces.ALONE, workspaces.BUSY):
        routes = tables[f"One request at a time, {mode}"]
        assert list(routes) == list(workspaces.list_routes(TINY.bulk, iter(())))
        assert all(all(line.values()) for line in routes.values())
    assert list(tables["A whole workspace"]) == [workspaces.EXPORT, workspaces.CHECK]
    used = tables["Memory and connections"]
    assert list(used) == [memory.SERVICE, memory.SERVER, memory.CONNECTION, memory.CONNECTIONS]
    assert all(line[workspaces.ALONE] and line[workspaces.BUSY] for line in used.values())


STORED = (
    """SELECT workspace_id, phone, name, country, attributes::text, tags::text, opted_in, name_key, tag_keys::text,
    ARRAY(SELECT unnest(search_keys) ORDER BY 1) FROM contact ORDER BY phone""",
    """SELECT contact.workspace_id, phone, changed_at = created_at, old, new, source FROM consent_event
    JOIN contact ON contact.id = contact_id ORDER BY phone""",
    "SELECT indexdef FROM pg_indexes WHERE tablename IN ('contact', 'consent_event') ORDER BY indexname",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY conname",
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_copied_contacts_are_those_that_the_service_would_store(database_url, add):
    def read():
        with open_sql(database_url) as run:
            return [run(query) for query in STORED]

    add(*copying.make_rows(20))
    stored = read()
    with psycopg.connect(database_url) as connection:
        connection.execute("TRUNCATE contact, consent_event")
    copying.fill(database_url, [20], 7)
    assert read() == stored


def test_sizes_are_skewed():
    sizes = copying.skew(1_000, 100_000)
    assert (len(sizes), sum(sizes)) == (1_000, 100_000)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == pytest.approx(100 * sizes[99], rel=0.01)


def test_contacts_are_the_same_for_the_same_numbers():
    assert make_rows(5, 3, 1) == [make_row(5, 1), make_row(6, 1), make_row(7, 1)]
    assert make_row(5, 1)["phone"] == make_row(5, 2)["phone"]
    assert make_row(5, 1) != make_row(5, 2)
    assert 110_000 < len(dump({"contacts": make_rows(0, 1_000)})) < 130_000


def test_phones_are_valid_and_their_own():
    rows = make_rows(0, 2_000)
    spelt = [phonenumbers.parse(row["phone"], row.get("country")) for row in rows]
    clients = [make_client_phone(n % 8, n) for n in range(2_000)]
    numbers = [*spelt, *map(phonenumbers.parse, clients)]
    assert all(map(phonenumbers.is_valid_number, numbers))
    e164 = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in numbers]
    assert e164[:2_000] == [make_phone(n) for n in range(2_000)]
    assert len(set(e164)) == 4_000


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target("baseline", 1.5), "1.50 × baseline (≤ 1.5): ok"),
        (Target("baseline", 1.4), "1.50 × baseline (≤ 1.4): **over**"),
        (Target("peer", 2, at_least=True), "3.00 × peer (≥ 2): ok"),
        (Target("peer", 4, at_least=True), "3.00 × peer (≥ 4): **over**"),
        (Target("peer", 1, subject="baseline"), "baseline: 2.00 × peer (≤ 1): **over**"),
        (Target("absent", 1), ""),
    ],
)
def test_a_target_is_judged(target, verdict):
    table = Table(
        "T",
        ("baseline", "service", "peer", "absent"),
        [Line("w", "ms", {"baseline": 2, "service": 3, "peer": 1}, [target])],
    )
    assert cells([table.render()])["T"]["w"]["targets"] == verdict
    assert "absent" not in table.render().splitlines()[2]
