"""The rows of an import that aren't written yet, from what is stored to what is written."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

from ...accounts.models import Workspace
from ...contacts.batch import ParsedRows
from ...contacts.writes import parse_rows
from ...validation.schemas import MAX_ROWS
from ..header_row import Record
from ..record import store
from ..record.records import ImportRecord
from ..rows import load_chunk

# A chunk, as it is in the file and as rows to write.
Chunks = Generator[tuple[list[Record], ParsedRows], None, None]
Parser = Callable[[list[Record]], ParsedRows]


def read_rows(workspace: Workspace, record: ImportRecord) -> Chunks:
    """Yield what isn't written yet, chunk by chunk; one without rows if that is nothing. Raise ImportExpired."""
    parse = _make_parser(workspace, record)
    for chunk in _read_chunks(workspace, record):
        yield chunk, parse(chunk)


def read_rows_ahead(workspace: Workspace, record: ImportRecord) -> Chunks:
    """Do the same, one chunk ahead in a process of its own where that can be: half of an import's work is reading."""
    if record.rows - record.position <= MAX_ROWS or not _can_fork():
        yield from read_rows(workspace, record)
        return
    parse = _make_parser(workspace, record)
    chunks = _read_chunks(workspace, record)
    with _fork(parse) as reader:
        ahead = _send(reader, next(chunks, None))
        while (chunk := ahead) is not None:
            try:
                parsed = reader.recv()
            except (EOFError, OSError):  # something has ended the process
                parsed = parse(chunk)
            ahead = _send(reader, next(chunks, None))
            yield chunk, parsed


def _read_chunks(workspace: Workspace, record: ImportRecord) -> Iterator[list[Record]]:
    if record.position == record.rows:
        yield []
    yield from store.read_chunks(workspace.id, record, record.position)


def _make_parser(workspace: Workspace, record: ImportRecord) -> Parser:
    columns = record.to_columns()
    return lambda chunk: parse_rows(workspace, load_chunk(columns, chunk, record.add_tags), record.country)


def _can_fork() -> bool:
    # A fork has no other threads, but the locks that they held.
    is_alone = threading.active_count() == 1
    return is_alone and "fork" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1


@contextmanager
def _fork(parse: Parser) -> Iterator[Connection]:
    """Start a process that answers each chunk with its rows; it ends when the connection is closed."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def answer() -> None:
        ours.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends this process when it has stopped
        try:
            while True:
                theirs.send(parse(theirs.recv()))
        except (EOFError, OSError):
            return

    process = context.Process(target=answer, daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _send(reader: Connection, chunk: list[Record] | None) -> list[Record] | None:
    if chunk is not None:
        with suppress(OSError):  # then there will be no answer, either
            reader.send(chunk)
    return chunk
