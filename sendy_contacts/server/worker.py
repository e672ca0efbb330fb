"""gunicorn's threaded worker, hardened so that slow clients don't occupy threads.

All connections wait in one poller: for a request, for a slow reader of a response, or for the client to close. A
thread gets a request only when it can be served.
"""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from gunicorn.http import errors
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from .connection import MAX_HEAD, SEND_SECONDS, Connection, raise_descriptor_limit
from .error_response import send_error

REQUEST_SECONDS = 10
LINGER_SECONDS = 2
LEFTOVER_SECONDS = 0.05  # to read the rest of an unread body before the next request
PAUSE_SECONDS = 1

RESERVED_DESCRIPTORS = 48  # for database connections, the log and the metrics
MAX_UNSENT_BYTES = 64 * 1024 * 1024
OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Wait(NamedTuple):
    """The wait of a connection: its deadline, and the function to call when something happens."""

    until: float
    go_on: Callable[[Connection], None]


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with one poller for all waiting connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Connection, Wait] = {}
        self.busy: set[Connection] = set()
        self.accept_again = 0.0
        self.checked = 0.0
        self.max_keepalived = 1  # gunicorn's own count of idle connections, which stays 0 here

    def init_process(self) -> None:
        """Limit the connections to the available file descriptors."""
        descriptors = raise_descriptor_limit()
        self.worker_connections = max(8, min(self.cfg.worker_connections, descriptors - RESERVED_DESCRIPTORS))
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Start or stop accepting. A stopping worker accepts its backlog, then closes its listening sockets.

        gunicorn's worker keeps them open until the last response, so clients that connect meanwhile wait in vain.
        """
        if enabled and time.monotonic() < self.accept_again:
            return
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                count = -1
                while self.nr_conns > count:
                    count = self.nr_conns
                    self.accept(listener)
                listener.close()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; pause if the process is out of file descriptors."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in OUT_OF_RESOURCES:
                self.log.warning("Accepting no connections for a second: %s.", error.strerror)
                self.accept_again = time.monotonic() + PAUSE_SECONDS
                self.drop_oldest()
                if self.alive:
                    self.set_accept_enabled(False)
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, accepted, address, listener.getsockname())
        self.receive(conn, time.monotonic() + REQUEST_SECONDS)
        if self.nr_conns >= self.worker_connections:
            self.drop_oldest()

    def receive(self, conn: Connection, until: float) -> None:
        """Read from a client; pass the connection to a thread when its request can be served."""
        idle = not conn.received
        try:
            while not (ready := conn.is_ready()) and conn.receive():
                pass
        except OSError:
            self.drop(conn)
            return
        if ready:
            self.enqueue_req(conn)
        else:
            if idle and conn.received:
                until = time.monotonic() + REQUEST_SECONDS
            self.wait(conn, selectors.EVENT_READ, until, partial(self.receive, until=until))

    def enqueue_req(self, conn: Connection) -> None:
        """Pass a connection to a thread."""
        conn.sock.read_by = time.monotonic() + REQUEST_SECONDS
        self.busy.add(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> bool:
        """Serve one request in a thread; return whether the connection can be kept."""
        too_large = len(conn.received) > MAX_HEAD and b"\r\n\r\n" not in conn.received
        conn.begin()
        if too_large:
            self.handle_error(None, conn.sock, conn.client, errors.LimitRequestHeaders("head"))
            return False
        return bool(super().handle(conn))

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Serve a parsed request. HTTP/1.1 requires exactly one Host header (RFC 9112, section 3.2)."""
        if req.version >= (1, 1) and [name for name, _ in req.headers].count("HOST") != 1:
            raise errors.InvalidHeader("Host")
        return bool(super().handle_request(req, conn))

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + LEFTOVER_SECONDS))

    def finish_request(self, conn: Connection, done: Future[bool]) -> None:
        """Send the rest of the response after a request has been served."""
        self.busy.discard(conn)
        conn.keep = not done.cancelled() and not done.exception() and done.result()
        try:
            conn.end()
        except (OSError, AttributeError):  # closed by gunicorn, or never parsed
            self.drop(conn)
            return
        self.send(conn, time.monotonic() + SEND_SECONDS)

    def send(self, conn: Connection, until: float) -> None:
        """Send the rest of a response; then wait for the next request, or for the client to close."""
        try:
            sent = conn.sock.flush()
        except OSError:
            self.drop(conn)
            return
        now = time.monotonic()
        if not sent:
            self.wait(conn, selectors.EVENT_WRITE, until, partial(self.send, until=until))
            self.limit_unsent()
        elif conn.keep:
            idle = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
            self.receive(conn, now + (REQUEST_SECONDS if conn.received else idle))
        else:
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_WR)
            self.linger(conn, now + LINGER_SECONDS)

    def linger(self, conn: Connection, until: float) -> None:
        """Discard further data: closing at once could reset the response (RFC 9112, section 9.6)."""
        conn.received.clear()
        try:
            conn.receive()
        except OSError:
            self.drop(conn)
        else:
            self.wait(conn, selectors.EVENT_READ, until, partial(self.linger, until=until))

    def wait(self, conn: Connection, event: int, until: float, go_on: Callable[[Connection], None]) -> None:
        """Add a connection to the poller."""
        self.waiting[conn] = Wait(until, go_on)
        self.poller.register(conn.sock, event, partial(self.wake, conn))

    def wake(self, conn: Connection, _: Any) -> None:
        """Continue with a connection that the poller reported."""
        if conn in self.waiting:  # not dropped since the poller reported it
            self.poller.unregister(conn.sock)
            self.waiting.pop(conn).go_on(conn)

    def drop(self, conn: Connection) -> None:
        """Close a connection in any state."""
        if self.waiting.pop(conn, None):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        with suppress(OSError):
            if conn.sock.unsent:  # reset the connection, so that the kernel discards the data too
                conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            conn.sock.shutdown(socket.SHUT_RDWR)
        conn.close()

    def drop_oldest(self) -> None:
        """Close the connection that has waited longest, preferably one without an unsent response."""
        conn = next((conn for conn in self.waiting if not conn.sock.unsent), next(iter(self.waiting), None))
        if conn:
            self.drop(conn)

    def limit_unsent(self) -> None:
        """Close connections of slow readers while their unsent responses exceed the limit."""
        slow = [conn for conn in self.waiting if conn.sock.unsent]
        unsent = sum(conn.sock.unsent_bytes for conn in slow)
        while unsent > MAX_UNSENT_BYTES:
            conn = slow.pop(0)
            unsent -= conn.sock.unsent_bytes
            self.drop(conn)

    def murder_pending(self) -> None:
        """Enforce deadlines. gunicorn calls this at least once a second."""
        now = time.monotonic()
        if now - self.checked < PAUSE_SECONDS / 4:
            return
        self.checked = now
        for conn in [conn for conn, wait in self.waiting.items() if wait.until < now]:
            if conn.received and not conn.sock.unsent:
                self.serve_cut_off(conn)
            else:
                self.drop(conn)
        for conn in self.busy:
            if conn.sock.read_by < now:
                conn.sock.read_by = float("inf")
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def serve_cut_off(self, conn: Connection) -> None:
        """Let a thread respond to a request that didn't arrive in time."""
        self.poller.unregister(conn.sock)
        del self.waiting[conn]
        with suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RD)
        self.enqueue_req(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections by the deadline, since the worker is stopping."""
        for conn, wait in self.waiting.items():
            if not conn.received and not conn.sock.unsent:
                self.waiting[conn] = wait._replace(until=min(wait.until, deadline))

    def handle_error(self, _req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Respond to a request that never reached the app or failed outside it."""
        send_error(client, addr, exc)
