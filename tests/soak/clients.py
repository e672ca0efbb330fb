"""Clients of the service, each in a thread until the run ends."""

import http.client
import random
import socket
import threading
from contextlib import suppress
from time import monotonic

CONTACTS = "/internal/contacts"
PATIENCE = 30  # seconds for the response to a body sent at a byte per second; the service gives up after ten


class Clients:
    """All clients of one run. Each request has its own connection."""

    def __init__(self, service, session, ledger):
        self.service = service
        self.session = session
        self.ledger = ledger
        self.ended = threading.Event()
        self.threads = []

    def start(self):
        """Start 24 writers, 9 readers and 6 slow clients."""
        ledger = self.ledger
        first = ledger.open_register("forth", 1000)
        second = ledger.add_register("back", first.phones[::-1])
        shared = ledger.open_register("shared", 1)
        self._write(shared, self.post_one)
        contact = self.call("read", "GET", f"{CONTACTS}?q={shared.phones[0].strip('+')}")["contacts"][0]
        bulks = [ledger.open_register(f"bulk{n}", 50) for n in range(6)]
        for register in bulks:
            self._write(register, self.post_bulk)
        writers = [(register, self.post_bulk) for register in (first, second, *bulks)]
        writers += [(ledger.open_register(f"one{n}", 1), self.post_one) for n in range(8)]
        writers += [
            (ledger.add_register(f"patch{n}", shared.phones), lambda *call: self.patch(contact["id"], *call))
            for n in range(4)
        ]
        for register, send in writers:
            self._begin(self._write, register, send)
        for n in range(4):
            self._begin(self.post_new, f"new{n}.")
        for n in range(8):
            self._begin(self.read, bulks[n % len(bulks)])
        for client in (self.hang_up, self.drip) * 3 + (self.look,):
            self._begin(client)

    def stop(self):
        """Stop all clients after their current requests."""
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def _begin(self, work, *args):
        def repeat():
            try:
                while not self.ended.is_set():
                    work(*args)
            except Exception as error:
                self.ledger.note_violation(f"{work.__name__}: {error!r}")

        thread = threading.Thread(target=repeat)
        self.threads.append(thread)
        thread.start()

    def call(self, kind, method, path, body=None):
        """Return the body of a successful response, otherwise None."""
        begin = monotonic()
        try:
            status, answer, headers = self.service.call(method, path, body, **self.session)
        except (OSError, http.client.HTTPException) as error:
            self.ledger.note_cut(begin, error)
            self.ended.wait(0.05)
            return None
        self.ledger.note_response(kind, begin, status, answer, headers)
        if status in (200, 201):
            return answer
        self.ended.wait(0.2)
        return None

    def _write(self, register, send):
        register.sent += 1
        answer = send(register, register.sent)
        if answer and answer.get("failed"):
            self.ledger.note_violation(f"{register.attribute}: {answer['failed']} rows failed")
        elif answer:
            register.acknowledged = register.sent

    def post_one(self, register, number):
        """Write the one contact of a register."""
        row = {"phone": register.phones[0], "attributes": {register.attribute: number}}
        return self.call("write", "POST", CONTACTS, row)

    def post_bulk(self, register, number):
        """Write all contacts of a register in one request."""
        name = register.attribute
        rows = [{"phone": phone, "attributes": {name: number}, "tags": [name]} for phone in register.phones]
        return self.call("write", "POST", f"{CONTACTS}/bulk", {"contacts": rows})

    def post_new(self, prefix):
        """Write 20 new contacts in one request."""
        register = self.ledger.open_register(prefix, 20)
        self._write(register, self.post_bulk)

    def patch(self, contact_id, register, number):
        """Edit the contact that several clients edit."""
        return self.call("write", "PATCH", f"{CONTACTS}/{contact_id}", {"attributes": {register.attribute: number}})

    def read(self, register):
        """Check that a list shows whole bulk requests, and at least the acknowledged ones."""
        self.call("read", "GET", f"{CONTACTS}?limit=100&optedIn=true")
        acknowledged = register.acknowledged
        listed = self.call("read", "GET", f"{CONTACTS}?tag={register.attribute}")
        if listed and register.acknowledged:
            numbers = {contact["attributes"][register.attribute] for contact in listed["contacts"]}
            if len(listed["contacts"]) != len(register.phones) or len(numbers) > 1 or min(numbers) < acknowledged:
                self.ledger.note_violation(f"{register.attribute}: {numbers} listed, {acknowledged} acknowledged")

    def look(self):
        """Request a contact as a person would, and record the duration."""
        begin = monotonic()
        if self.call("read", "GET", f"{CONTACTS}?limit=1"):
            self.ledger.note_wait(monotonic() - begin)
        self.ended.wait(0.1)

    def hang_up(self):
        """Send a part of a body, then disconnect."""
        with suppress(OSError), self._open_body():
            self.ended.wait(random.uniform(0, 1))  # noqa: S311

    def drip(self):
        """Send a body at a byte per second until the service gives up."""
        begin = monotonic()
        with suppress(ConnectionError), self._open_body() as client:
            client.settimeout(1)
            while not self.ended.is_set():
                with suppress(TimeoutError):
                    answer = client.recv(100)
                    if answer and not answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 503 ")):
                        self.ledger.note_violation(f"a slow client: {answer!r}")
                    return
                client.sendall(b" ")
                if monotonic() - begin > PATIENCE:
                    self.ledger.note_violation("a slow client wasn't disconnected")
                    return

    def _open_body(self):
        head = "".join(f"{name}: {value}\r\n" for name, value in self.session.items())
        client = socket.create_connection(("127.0.0.1", self.service.port), timeout=20)
        client.sendall(
            f"POST {CONTACTS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}"
            'Content-Length: 1000\r\n\r\n{"'.encode()
        )
        return client
