"""gunicorn's threaded worker, hardened so that slow clients don't occupy threads.

All connections wait in one poller: for a request, for a slow reader of a response, or for the client to close. A
thread gets a request only when it can be served.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from .connection import MAX_HEAD, SEND_SECONDS, Connection, GoOn, Wait, find_excess, raise_descriptor_limit
from .error_response import send_error

REQUEST_SECONDS = 10
LINGER_SECONDS = 2
LEFTOVER_SECONDS = 0.05  # to read the rest of an unread body before the next request
PAUSE_SECONDS = 1
FEW_CONNECTIONS = 16  # each may keep a thread for a moment

RESERVED_DESCRIPTORS = 48  # for database connections, the log and the metrics
MAX_KEPT_BYTES = 64 * 1024 * 1024  # of requests that arrive, and as many of responses that leave
OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


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
        if enabled and (not self.alive or time.monotonic() < self.accept_again):
            return
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.setblocking(False)
                while self.accept(listener):
                    pass
                listener.close()

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection and return True, or False if none waits. Pause if the process is out of descriptors."""
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
            return bool(error.errno == errno.ECONNABORTED)
        self.nr_conns += 1
        conn = Connection(self.cfg, accepted, address, listener.getsockname())
        self.receive(conn, time.monotonic() + REQUEST_SECONDS)
        if self.nr_conns >= self.worker_connections:
            self.drop_oldest()
        return True

    def receive(self, conn: Connection, until: float) -> None:
        """Read from a client; pass the connection to a thread when its request can be served."""
        idle = not conn.received
        try:
            while not (ready := conn.is_ready()) and conn.receive():
                pass
        except EOFError:
            ready = bool(conn.received)  # the parser says what is missing
        except OSError:
            ready = False
            conn.received.clear()
        else:
            if not ready:
                until = time.monotonic() + REQUEST_SECONDS if idle and conn.received else until
                self.wait(conn, selectors.EVENT_READ, until, self.receive, arriving=True)
                return
        if ready:
            conn.seconds_left = REQUEST_SECONDS if idle else max(1.0, until - time.monotonic())  # idle: it just began
            self.enqueue_req(conn)
        else:
            self.drop(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Pass a connection to a thread."""
        conn.queued = time.monotonic()
        self.busy.add(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> bool:
        """Serve a request in a thread; return whether the connection can be kept.

        With few connections, also serve the next requests if they come at once: a round through the poller would take
        as long as a third of a small response.
        """
        while True:
            kept = self.serve(conn)
            few = self.alive and self.nr_conns <= FEW_CONNECTIONS
            if not (kept and few and conn.has_next()):
                return kept
            conn.seconds_left = REQUEST_SECONDS

    def serve(self, conn: Connection) -> bool:
        """Serve one request; return whether the connection can be kept."""
        if conn.is_gone():
            return False
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
            self.wait(conn, selectors.EVENT_WRITE, until, self.send)
        elif conn.keep:
            idle = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
            self.receive(conn, now + (REQUEST_SECONDS if conn.received else idle))
        else:
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_WR)
            self.linger(conn, now + LINGER_SECONDS)

    def linger(self, conn: Connection, until: float) -> None:
        """Discard further data: closing at once could reset the response (RFC 9112, section 9.6)."""
        try:
            conn.receive()
        except (EOFError, OSError):
            self.drop(conn)
        else:
            conn.received.clear()
            self.wait(conn, selectors.EVENT_READ, until, self.linger)

    def wait(self, conn: Connection, event: int, until: float, go_on: GoOn, arriving: bool = False) -> None:
        """Add a connection to the poller."""
        self.waiting[conn] = Wait(until, go_on, arriving)
        self.poller.register(conn.sock, event, partial(self.wake, conn))

    def wake(self, conn: Connection, _: Any) -> None:
        """Continue with a connection that the poller reported."""
        if conn in self.waiting:  # not dropped since the poller returned its event
            self.poller.unregister(conn.sock)
            wait = self.waiting.pop(conn)
            wait.go_on(conn, wait.until)

    def drop(self, conn: Connection) -> None:
        """Close a connection in any state."""
        if self.waiting.pop(conn, None):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.hang_up()

    def drop_oldest(self) -> None:
        """Close the connection that has waited longest, preferably one without an unsent response."""
        conn = next((conn for conn in self.waiting if not conn.sock.unsent), next(iter(self.waiting), None))
        if conn:
            self.drop(conn)

    def murder_pending(self) -> None:
        """Enforce deadlines and the limits on memory. gunicorn calls this at least once a second."""
        now = time.monotonic()
        if now - self.checked < PAUSE_SECONDS / 4:
            return
        self.checked = now
        for conn, wait in [item for item in self.waiting.items() if item[1].until < now]:
            if wait.arriving and conn.received:
                self.serve_cut_off(conn)
            else:
                self.drop(conn)
        for measure in (lambda conn: len(conn.received), lambda conn: conn.sock.unsent_bytes):
            for conn in list(find_excess(self.waiting, MAX_KEPT_BYTES, measure)):
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
        conn.seconds_left = 1.0
        self.enqueue_req(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections by the deadline, since the worker is stopping."""
        for conn, wait in self.waiting.items():
            if wait.arriving and not conn.received:
                self.waiting[conn] = wait._replace(until=min(wait.until, deadline))

    def handle_error(self, _req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Respond to a request that never reached the app or failed outside it."""
        send_error(client, addr, exc)
