"""Files to read, each reader with a position of its own, and new files that only their owner can read."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .errors import UnreadableFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_BUFFER, _CHUNK = 1 << 16, 1 << 20  # bytes
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE = 0o600


@contextmanager
def open_to_read(path: Path) -> Iterator[BinaryIO]:
    """Open a file; what comes through a pipe is copied first, since a sheet is read more than once.

    Raise UnreadableFile.
    """
    try:
        file = path.open("rb", buffering=0)
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    with file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            yield file
            return
        with open_temporary() as copy:
            try:
                shutil.copyfileobj(file, copy)
            except OSError as error:
                raise UnreadableFile(f"cannot be copied to be read: {error.strerror}") from error
            yield copy


@contextmanager
def open_temporary() -> Iterator[BinaryIO]:
    """Open a file without a name, gone at the end. Raise UnreadableFile if there is no room for it."""
    try:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    except OSError as error:
        raise UnreadableFile(f"cannot be read without a temporary file: {error.strerror}") from error
    with file:
        yield file


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of an open file between two positions, to be read any number of times."""

    file: BinaryIO
    start: int
    end: int

    def open(self) -> BinaryIO:
        """Return a stream at the start; several don't disturb each other."""
        return io.BufferedReader(_PartStream(self), _BUFFER)

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes, about a million at a time."""
        stream = _PartStream(self)
        while chunk := stream.read(_CHUNK):
            yield chunk


def whole(file: BinaryIO) -> Part:
    """Return all of an open file."""
    return Part(file, 0, os.fstat(file.fileno()).st_size)


class _PartStream(io.RawIOBase):
    def __init__(self, part: Part) -> None:
        self._part, self._position = part, part.start

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        size = min(len(view), self._part.end - self._position)
        try:
            data = os.pread(self._part.file.fileno(), size, self._position)
        except OSError as error:
            raise UnreadableFile(f"cannot be read: {error.strerror}") from error
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


def create_private(path: Path) -> BinaryIO:
    """Create a file that only its owner can read. Raise OSError if the name is taken, by a link too."""
    return os.fdopen(os.open(path, _NEW, PRIVATE), "wb")


@contextmanager
def replace_private(path: Path) -> Iterator[BinaryIO]:
    """Write a file that takes its place at the end; if anything fails before, what was there stays.

    Raise OSError, also if the place is taken by anything but a file.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError(0, "it is a link, a folder or a device; name a file")
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with create_private(beside) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
