"""A client's connection, with the received part of its next request and the unsent part of its last response."""

from __future__ import annotations

import errno
import re
import resource
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from gunicorn.workers.gthread import TConn

SEND_SECONDS = 30
MAX_HEAD = 64 * 1024
MAX_AWAITED_BODY = 5 * 1024 * 1024  # a larger one is refused unread, or goes to disk as it comes
MAX_UNSENT = 64 * 1024
KERNEL_BUFFER = 128 * 1024  # Linux doubles it; without a limit it grows to several MiB
MAX_SIZE_LINE = 256  # of a chunk
STALLED_SECONDS = 2
NEXT_SECONDS = 0.05
GONE_SECONDS = 2  # a client that ended its side and waited longer has most likely left

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]+")
EXPECT = re.compile(rb" HTTP/1\.1\r\n(?:.*\r\n)?expect:[ \t]*100-continue", re.IGNORECASE | re.DOTALL)


def raise_descriptor_limit() -> int:
    """Raise this process's limit on open files to the hard limit, and return the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Socket(socket.socket):
    """A socket with a buffer for unsent data, so that no thread waits for slow readers.

    In seconds of the monotonic clock, `read_by` is when reading from it has to end, and `progress` when the client
    last took something.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        # A small buffer fills up soon, so that further requests of a client that doesn't read aren't served.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        self.unsent: list[memoryview] = []
        self.read_by = float("inf")
        self.progress = time.monotonic()

    @property
    def unsent_bytes(self) -> int:
        """Return the number of unsent bytes."""
        return sum(map(len, self.unsent))

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ARG002 - the signature of socket.socket
        """Send without waiting, and buffer the rest.

        While more than 64 KiB are buffered, wait for the client, for at most 30 seconds.
        """
        end = time.monotonic() + SEND_SECONDS
        while not self.flush() and self.unsent_bytes > MAX_UNSENT:
            poll = select.poll()
            poll.register(self, select.POLLOUT)
            if not poll.poll(max(0, end - time.monotonic()) * 1000):
                raise OSError(errno.EPIPE, "the client doesn't read")
        self.unsent.append(memoryview(data))
        self.flush()

    def flush(self) -> bool:
        """Send without waiting; return whether the buffer is empty. Raise OSError if the client has disconnected."""
        while self.unsent:
            try:
                sent = self.send(self.unsent[0], socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            self.progress = time.monotonic()
            if sent == len(self.unsent[0]):
                self.unsent.pop(0)
            else:
                self.unsent[0] = self.unsent[0][sent:]
        return True


def find_end_of_chunks(body: bytearray, start: int) -> tuple[bool, int]:
    """Return whether a chunked body ends (RFC 9112, section 7.1), and from where to look on.

    `start` is where a chunk begins. A malformed body counts as ended: the parser rejects it without waiting.
    """
    while (end := body.find(b"\r\n", start)) >= 0:
        size = bytes(body[start:end]).partition(b";")[0].strip()
        if not CHUNK_SIZE.fullmatch(size):
            return True, start
        length = int(size[-16:], 16) if len(size.lstrip(b"0")) <= 16 else MAX_AWAITED_BODY
        if length == 0:
            return body.find(b"\r\n\r\n", end) >= 0, start
        start = end + 2 + length + 2
    return len(body) - start > MAX_SIZE_LINE, start


class Connection(TConn):  # type: ignore[misc]
    """gunicorn's connection, with the received part of the next request."""

    def __init__(self, cfg: Any, accepted: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Socket(accepted), client, server)
        self.data_ready = True
        self.received = bytearray()
        self.searched = 0
        self.awaited: int | None = None
        self.oversized = False  # the body isn't awaited
        self.chunk: int | None = None
        self.keep = False
        self.seconds_left = 0.0
        self.queued = 0.0

    def receive(self) -> bool:
        """Take in what has arrived; return False if nothing has. Raise EOFError or OSError if nothing will come."""
        try:
            data = self.sock.recv(MAX_HEAD)
        except BlockingIOError:
            return False
        if not data:
            raise EOFError
        self.sock.progress = time.monotonic()
        self.received += data
        return True

    def is_ready(self) -> bool:
        """Return whether a thread can serve the request without waiting for the client.

        True once the head and a body of up to 5 MiB are there. A larger body isn't awaited.
        """
        if self.awaited is None and not self._read_head():
            return len(self.received) > MAX_HEAD
        if self.chunk is None:
            return len(self.received) >= (self.awaited or 0)
        ended, self.chunk = find_end_of_chunks(self.received, self.chunk)
        return ended or len(self.received) > MAX_AWAITED_BODY

    def is_whole(self) -> bool:
        """Return whether the whole request is there, so that its thread won't read from the client."""
        if self.awaited is None or self.oversized or len(self.received) > MAX_AWAITED_BODY:
            return False
        return self.is_ready()

    def _read_head(self) -> bool:
        """Find out how much of the request has to be there; return False if the head isn't complete."""
        end = self.received.find(b"\r\n\r\n", max(0, self.searched - 3))
        self.searched = len(self.received)
        if end < 0:
            return False
        head = bytes(self.received[: end + 2])
        self.awaited = end + 4
        if length := CONTENT_LENGTH.search(head):
            digits = length[1].lstrip(b"0")[:10] or b"0"
            self.oversized = int(digits) > MAX_AWAITED_BODY
            self.awaited += 0 if self.oversized else int(digits)
        elif CHUNKED.search(head):
            self.chunk = self.awaited
        if (self.chunk or len(self.received) < self.awaited) and EXPECT.search(head):
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def is_gone(self) -> bool:
        """Return whether nobody is there to take a response any more."""
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP)
        events = dict(poll.poll(0)).get(self.sock.fileno(), 0)
        waited = time.monotonic() - self.queued
        return bool(events & (select.POLLHUP | select.POLLERR)) or bool(events and waited > GONE_SECONDS)

    def begin(self) -> None:
        """Pass the received data to gunicorn's parser."""
        self.init()
        self.sock.read_by = float("inf") if self.is_whole() else time.monotonic() + self.seconds_left
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()
        self.searched, self.awaited, self.oversized, self.chunk = 0, None, False, None

    def has_next(self) -> bool:
        """Return whether the response is sent and the next request comes within a moment."""
        self.end()
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        try:
            if not self.sock.flush() or not (self.received or poll.poll(NEXT_SECONDS * 1000)):
                return False
            while not self.is_ready() and self.receive():
                pass
        except (EOFError, OSError):  # the poller finds the same
            return False
        self.queued = time.monotonic()
        return self.is_ready()

    def end(self) -> None:
        """Take data of the next request back from the parser."""
        self.sock.read_by = float("inf")
        self.received += self.parser.unreader.take_buffered()
        self.sock.setblocking(False)

    def hang_up(self) -> None:
        """Close the connection in any state."""
        with suppress(OSError):
            if self.sock.unsent:  # reset it: the client must not take a part for the whole, nor the kernel keep it
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self.sock.shutdown(socket.SHUT_RDWR)
        self.close()


GoOn = Callable[[Connection, float], None]


class Wait(NamedTuple):
    """Until when a connection waits, what to do with it when something happens, and whether a request is arriving."""

    until: float
    go_on: GoOn
    arriving: bool


def find_excess(
    connections: Iterable[Connection], most: int, measure: Callable[[Connection], int]
) -> Iterator[Connection]:
    """Yield the connections to close so that at most so many bytes are kept for all of them.

    Those that made no progress for two seconds come first, and any only at four times the limit.
    """
    kept = {conn: size for conn in connections if (size := measure(conn))}
    total = sum(kept.values())
    stalled = time.monotonic() - STALLED_SECONDS
    for conn in sorted(kept, key=lambda conn: conn.sock.progress) if total > most else ():
        if total <= most or (total <= 4 * most and conn.sock.progress > stalled):
            return
        total -= kept[conn]
        yield conn
