"""A minimal HTTP client over a keep-alive socket, the same for all systems and too cheap to distort figures."""

import socket
import time

IDLE = 1.0  # seconds; gunicorn closes connections that are idle for two


class Connection:
    """One keep-alive connection to a port of this machine."""

    def __init__(self, port: int, probe: bytes) -> None:
        """Don't connect yet. `probe` is a cheap request, sent first on each new connection."""
        self.port = port
        self.probe = probe
        self.socket: socket.socket | None = None
        self.used = 0.0

    def wake(self) -> None:
        """Reconnect if the server may have closed the idle connection."""
        if time.monotonic() - self.used < IDLE:
            return
        self.close()
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.responses = self.socket.makefile("rb", buffering=1 << 16)
        self.call(self.probe)

    def call(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; return the status and the body of the response."""
        assert self.socket
        self.socket.sendall(request)
        status = int(self.responses.readline()[9:12])
        length = None
        while (line := self.responses.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self._read_chunks() if length is None else self.responses.read(length)
        self.used = time.monotonic()
        return status, body

    def close(self) -> None:
        """Close the connection."""
        if self.socket:
            self.responses.close()
            self.socket.close()
            self.socket = None

    def _read_chunks(self) -> bytes:
        chunks = []
        while size := int(self.responses.readline(), 16):
            chunks.append(self.responses.read(size))
            self.responses.readline()
        self.responses.readline()
        return b"".join(chunks)


def encode(method: str, path: str, body: bytes | None = None, token: str | None = None) -> bytes:
    """Return an encoded request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "\r\n"]).encode() + (body or b"")
