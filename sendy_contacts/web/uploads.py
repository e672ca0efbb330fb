"""The file of a request as multipart/form-data (RFC 7578), on disk before it is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from ..phones.countries import COUNTRIES
from ..spreadsheets.csv_files import read_delimiter
from ..spreadsheets.errors import UnreadableFile
from ..spreadsheets.files import open_temporary
from ..text import is_storable, show
from ..validation.errors import ErrorCode, ValidationFailed, field_error
from .request_body import UnsupportedMediaType

MAX_FILE = 25 * 1024 * 1024
_AROUND = 64 * 1024  # bytes of the other fields, and of what parts them
_MAX_VALUE = 40  # characters
_FIELDS = {"country", "delimiter", "encoding", "headerRow"}


class Upload(NamedTuple):
    """An open file and how to read it. `header_row` is a line, 0 if a person says that there is no header."""

    file: BinaryIO
    name: str
    country: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int | None


@contextmanager
def receive_upload() -> Iterator[Upload]:
    """Receive the file of this request. Raise ValidationFailed, UnreadableFile or UnsupportedMediaType."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("The Content-Type must be multipart/form-data, with the list as file.")
    request.max_content_length = MAX_FILE + _AROUND
    files, form = _parse()
    upload = _pick(files, form)
    country, encoding = form.get("country", "").strip().upper(), form.get("encoding", "").strip()
    if country and country not in COUNTRIES:
        raise _refuse("country", "invalid_country", "must be a two-letter code (ISO 3166-1), such as KE")
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    with open_temporary() as file:
        _copy(upload, file)
        delimiter, line = _read_delimiter(form.get("delimiter", "")), _read_line(form.get("headerRow", "").strip())
        yield Upload(file, name, country or None, encoding or None, delimiter, line)


def _parse() -> tuple[MultiDict[str, FileStorage], MultiDict[str, str]]:
    try:
        return request.files, request.form
    except RequestEntityTooLarge:
        raise
    except OSError as error:
        raise UnreadableFile(f"can't be received: {error.strerror or error}") from error
    except Exception:
        # Each server has its own exceptions for broken chunks.
        raise UnreadableFile("is incomplete; send it again") from None


def _pick(files: MultiDict[str, FileStorage], form: MultiDict[str, str]) -> FileStorage:
    """Return the file, after a check of the names of all fields."""
    if "file" in form:
        raise _refuse("file", "invalid_type", "must be a file with a name")
    for name in sorted(form.keys() - _FIELDS | files.keys() - {"file"}):
        raise _refuse(show(name), "unknown_field", "is not a field of this call")
    for name in sorted([*files, *form]):
        if len(files.getlist(name)) + len(form.getlist(name)) > 1:
            raise _refuse(name, "too_many", "stands more than once")
    if "file" not in files:
        raise _refuse("file", "required", "is required; send the list as multipart/form-data")
    for name, value in form.items():
        if len(value) > _MAX_VALUE or not is_storable(value):
            raise _refuse(name, "too_long", f"has more than {_MAX_VALUE} characters, or one that can't be stored")
    return files["file"]


def _copy(upload: FileStorage, file: BinaryIO) -> None:
    try:
        shutil.copyfileobj(upload.stream, file)
    except OSError as error:
        raise UnreadableFile(f"can't be stored to be read: {error.strerror}") from error
    if file.tell() > MAX_FILE:
        raise RequestEntityTooLarge


def _read_delimiter(text: str) -> str | None:
    delimiter = read_delimiter(text)
    if text and delimiter is None:
        raise _refuse("delimiter", "invalid_text", "must be the character between two columns, such as ;, or tab")
    return delimiter


def _read_line(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _refuse("headerRow", "invalid_number", "must be the line of the header, or 0 if there is none")
    return int(text) if text else None


def _refuse(field: str, code: ErrorCode, what: str) -> ValidationFailed:
    return ValidationFailed([field_error(field, code, what)])
