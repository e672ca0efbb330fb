"""Hostile clients, which run in the second half."""

import json
import socket
import threading
import time
from contextlib import ExitStack, suppress

CONTACTS = "/internal/contacts"
COSTLY_ROW = json.dumps({"phone": "+254700000000", "attributes": {str(n): [] for n in range(50_000)}}).encode()
COSTLY_SIGN_IN = json.dumps({str(n): 1 for n in range(300_000)}).encode()
TAGS = "&".join(f"tag=t{n}" for n in range(50))


class Attackers:
    """100 clients that don't read, 300 that send nothing, and two that send expensive bodies and filters."""

    def __init__(self, service, session):
        self.service = service
        self.session = session
        self.ended = threading.Event()
        attacks = (self.pipeline, self.stay_silent, self.send_bodies, self.send_filters)
        self.threads = [threading.Thread(target=self._repeat, args=(attack,)) for attack in attacks]

    def start(self):
        """Start all attacks."""
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Stop all attacks."""
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def _repeat(self, attack):
        while not self.ended.is_set():
            with suppress(OSError, ValueError):  # workers are killed, and the service may refuse
                attack()

    def pipeline(self):
        """Request lists without reading the responses."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.session.items())
        request = f"GET {CONTACTS} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode()
        self._hold(100, request * 20)

    def stay_silent(self):
        """Open connections and send nothing."""
        self._hold(300, b"")

    def _hold(self, count, sent):
        with ExitStack() as stack:
            for _ in range(count):
                client = stack.enter_context(socket.socket())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.settimeout(5)
                client.connect(("127.0.0.1", self.service.port))
                client.sendall(sent)
            self.ended.wait(25)

    def send_bodies(self):
        """Send bodies that are expensive to validate, with and without a session."""
        self.service.call("POST", "/session", COSTLY_SIGN_IN)
        self.service.call("POST", CONTACTS, COSTLY_ROW, **self.session)
        time.sleep(0.2)

    def send_filters(self):
        """Send filters that are expensive to look up."""
        self.service.call("GET", f"{CONTACTS}?{TAGS}", **self.session)
        time.sleep(0.1)
