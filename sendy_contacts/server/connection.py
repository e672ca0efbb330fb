"""A client's connection, with the received part of its next request and the unsent part of its last response."""

from __future__ import annotations

import errno
import re
import resource
import select
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import TConn

SEND_SECONDS = 30
MAX_HEAD = 64 * 1024
MAX_AWAITED_BODY = 64 * 1024
MAX_UNSENT = 64 * 1024
MAX_SIZE_LINE = 256  # of a chunk
KERNEL_BUFFER = 128 * 1024  # Linux doubles it; without a limit it grows to several MiB

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")
EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def raise_descriptor_limit() -> int:
    """Raise this process's limit on open files to the hard limit, and return the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Socket(socket.socket):
    """A socket with a buffer for unsent data, so that no thread waits for slow readers.

    `read_by` is the deadline for reading a request (seconds of the monotonic clock).
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        # A small buffer fills up soon, so that further requests of a client that doesn't read aren't served.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        self.unsent: list[memoryview] = []
        self.read_by = float("inf")

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
            if sent == len(self.unsent[0]):
                self.unsent.pop(0)
            else:
                self.unsent[0] = self.unsent[0][sent:]
        return True


def has_all_chunks(body: bytearray) -> bool:
    """Return whether a chunked body ends here (RFC 9112, section 7.1); True also if it is malformed."""
    start = 0
    while (end := body.find(b"\r\n", start)) >= 0:
        size = body[start:end].partition(b";")[0].strip()
        if not CHUNK_SIZE.fullmatch(size):
            return True
        if int(size, 16) == 0:
            return body.find(b"\r\n\r\n", end) >= 0
        start = end + 2 + int(size, 16) + 2
    return len(body) - start > MAX_SIZE_LINE


class Connection(TConn):  # type: ignore[misc]
    """gunicorn's connection, with the received part of the next request."""

    def __init__(self, cfg: Any, accepted: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Socket(accepted), client, server)
        self.data_ready = True
        self.received = bytearray()
        self.continued = False
        self.keep = False

    def receive(self) -> bool:
        """Read without waiting; return whether data arrived. Raise OSError if the client has disconnected."""
        try:
            data = self.sock.recv(MAX_HEAD)
        except BlockingIOError:
            return False
        if not data:
            raise OSError(errno.ECONNRESET, "the client closed the connection")
        self.received += data
        return True

    def is_ready(self) -> bool:
        """Return whether a thread can serve the request without waiting for the client.

        True once the head and a body of up to 64 KiB have arrived. For a larger body only the head is awaited.
        """
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return len(head) > MAX_HEAD
        if length := CONTENT_LENGTH.search(head):
            awaited = int(length[1][:9])
            ready = awaited > MAX_AWAITED_BODY or len(body) >= awaited
        else:
            ready = not CHUNKED.search(head) or len(body) > MAX_AWAITED_BODY or has_all_chunks(body)
        if not ready and not self.continued and EXPECT.search(head):
            self.continued = True
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return ready

    def begin(self) -> None:
        """Pass the received data to gunicorn's parser."""
        self.init()
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()
        self.continued = False

    def end(self) -> None:
        """Take data of the next request back from the parser."""
        self.received += self.parser.unreader.take_buffered()
        self.sock.setblocking(False)
