"""The record of sent and acknowledged writes, to compare with the stored contacts."""

import json
import threading
from collections import Counter
from itertools import count
from time import monotonic

FIRST_PHONE = 700_000_000  # +254 7…, in a range known to be assigned
GRACE = 1  # seconds between a kill and the end of a connection that it excuses


class Register:
    """Phone numbers whose contacts share one attribute. Each write sets it to a greater number."""

    def __init__(self, attribute, phones):
        self.attribute = attribute
        self.phones = phones
        self.sent = self.acknowledged = 0

    def check(self, stored):
        """Yield violations: writes half applied, acknowledged writes lost, or numbers that were never sent."""
        numbers = {stored.get(phone, {}).get(self.attribute, 0) for phone in self.phones}
        if len(numbers) > 1:
            yield f"{self.attribute}: half applied, {sorted(numbers)}"
        elif not self.acknowledged <= max(numbers) <= self.sent:
            yield f"{self.attribute}: {max(numbers)} stored, {self.acknowledged} acknowledged, {self.sent} sent"


class Ledger:
    """Registers, responses and kills, shared by all clients of a run."""

    def __init__(self):
        self.lock = threading.Lock()
        self.numbers = count(FIRST_PHONE)
        self.registers = []
        self.answers = Counter()
        self.durations = {"read": [], "write": []}
        self.waits = {"calm": [0.0], "attacked": [0.0]}  # seconds of one reader's requests
        self.phase = "calm"
        self.kills = []  # when
        self.cuts = []  # (begin, end, error) of each request without a response
        self.violations = []

    def open_register(self, attribute, size):
        """Return a register with new phone numbers."""
        with self.lock:
            return self.add_register(attribute, [f"+254{next(self.numbers)}" for _ in range(size)])

    def add_register(self, attribute, phones):
        """Return a register with these phone numbers."""
        register = Register(attribute, phones)
        self.registers.append(register)
        return register

    def note_response(self, kind, begin, status, body, headers):
        """Count a response; record a violation if it is undocumented."""
        with self.lock:
            self.durations[kind].append(monotonic() - begin)
            self.answers[status] += 1
            unavailable = status == 503 and "Retry-After" in headers and set(body) == {"error"}
            if status not in (200, 201) and not unavailable:
                self.violations.append(f"{kind}: {status} {json.dumps(body)[:200]}")

    def note_wait(self, seconds):
        """Record how long the reader waited."""
        self.waits[self.phase].append(seconds)

    def check_waits(self, tolerance):
        """Yield a violation if the reader waited too much longer under attack than before."""
        calm, attacked = (max(self.waits[phase]) for phase in ("calm", "attacked"))
        if attacked > calm + tolerance:
            yield f"a reader waited {attacked:.1f} s under attack, {calm:.1f} s before"

    def note_cut(self, begin, error):
        """Record a request without a response. Only a kill at that time excuses it."""
        with self.lock:
            self.answers["cut"] += 1
            if isinstance(error, TimeoutError):
                self.violations.append(f"no response in {monotonic() - begin:.0f} s")
            else:
                self.cuts.append((begin, monotonic(), repr(error)))

    def note_violation(self, text):
        """Record a violation."""
        with self.lock:
            self.violations.append(text)

    def check_cuts(self):
        """Yield the requests that were cut off although no worker was killed."""
        for begin, end, what in self.cuts:
            if not any(begin - GRACE < kill < end + GRACE for kill in self.kills):
                yield f"cut off without a kill: {what} after {end - begin:.1f} s"

    def check_stored(self, rows):
        """Yield violations in stored contacts, given as (phone, attributes as JSON or as a dict)."""
        stored = {phone: json.loads(held) if isinstance(held, str) else held for phone, held in rows}
        if len(stored) < len(rows):
            yield f"{len(rows) - len(stored)} phone numbers are stored twice"
        for register in self.registers:
            yield from register.check(stored)
        strangers = set(stored) - {phone for register in self.registers for phone in register.phones}
        if strangers:
            yield f"{len(strangers)} contacts that no client sent"
