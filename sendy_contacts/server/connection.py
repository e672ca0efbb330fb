"""A client's connection between two requests: what has arrived of the next one, what isn't sent yet of the last."""

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
KERNEL_BUFFER = 128 * 1024  # Linux takes twice as much; by itself it would grow to several MiB

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")
EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def raise_descriptor_limit() -> int:
    """Raise this process's limit on open files to what it may have, and return it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Socket(socket.socket):
    """A socket that keeps what the client doesn't take at once, so that no thread waits for slow readers.

    `read_by` is when reading from it has to end (seconds of the monotonic clock).
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        # A client that doesn't read is soon sent nothing more, so that its next requests aren't served either.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        self.unsent: list[memoryview] = []
        self.read_by = float("inf")

    @property
    def unsent_bytes(self) -> int:
        """Return how many bytes the client hasn't taken yet."""
        return sum(map(len, self.unsent))

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ARG002 - the signature of socket.socket
        """Send what the client takes at once and keep the rest.

        A response in many pieces waits here while more than 64 KiB are kept, for at most 30 seconds.
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
        """Send what the client takes now; return whether nothing is left. Raise OSError if it is gone."""
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
    """gunicorn's connection, with what the client has sent so far of its next request."""

    def __init__(self, cfg: Any, accepted: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Socket(accepted), client, server)
        self.data_ready = True
        self.received = bytearray()
        self.continued = False
        self.keep = False

    def receive(self) -> bool:
        """Take in what has arrived; return False if nothing has. Raise OSError if the client is gone."""
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

        True once the head and a body of up to 64 KiB are there. A larger body isn't awaited: most are refused unread.
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
        """Give gunicorn's parser what has arrived."""
        self.init()
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()
        self.continued = False

    def end(self) -> None:
        """Take back what the parser has read of the next request."""
        self.received += self.parser.unreader.take_buffered()
        self.sock.setblocking(False)
