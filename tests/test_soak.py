"""A few seconds of `make soak`, and the checks of its ledger."""

import os
import subprocess

import pytest

from tests.soak.ledger import Ledger
from tests.support.service import BIN, ROOT

PHONES = ["+254700000000", "+254700000001"]


def test_a_few_seconds_find_no_violation():
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    making = subprocess.run(
        ["make", "--dry-run", "soak", "SECONDS=5"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    recipe = making.stdout.splitlines()[-1].replace(".venv/bin", str(BIN))
    done = subprocess.run(["/bin/sh", "-c", recipe], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["sqlite", "postgresql"]


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        ([{"a": 2}, {"a": 2}], ""),
        ([{"a": 3}, '{"a": 3}'], ""),
        ([{"a": 3}, {"a": 2}], "half applied"),
        ([{"a": 3}], "half applied"),
        ([{"a": 1}, {"a": 1}], "2 acknowledged"),
        ([], "2 acknowledged"),
        ([{"a": 4}, {"a": 4}], "3 sent"),
        ([{"a": 2}, {"a": 2}, {"a": 2}], "twice"),
    ],
)
def test_stored_contacts_are_compared_with_acknowledged_writes(stored, seen):
    ledger = Ledger()
    register = ledger.add_register("a", PHONES)
    register.sent, register.acknowledged = 3, 2
    rows = list(zip([*PHONES, PHONES[0]], stored, strict=False))
    assert seen in "".join(ledger.check_stored(rows)) if seen else not list(ledger.check_stored(rows))


def test_a_contact_that_no_client_sent_is_a_violation():
    assert list(Ledger().check_stored([(PHONES[0], {})])) == ["1 contacts that no client sent"]


def test_undocumented_responses_and_cut_connections_are_violations():
    ledger = Ledger()
    envelope = {"error": {"code": "database_unavailable"}}
    ledger.note_response("read", 0, 200, {"contacts": []}, {})
    ledger.note_response("read", 0, 503, envelope, {"Retry-After": "5"})
    assert ledger.violations == []
    ledger.note_response("read", 0, 503, envelope, {})
    ledger.note_response("read", 0, 500, envelope, {"Retry-After": "5"})
    ledger.note_cut(0, TimeoutError())
    assert len(ledger.violations) == 3
    ledger.note_cut(0, ConnectionResetError())
    assert len(list(ledger.check_cuts())) == 1
    ledger.kills.append(5)
    assert list(ledger.check_cuts()) == []
