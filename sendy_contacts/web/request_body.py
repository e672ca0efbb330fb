"""The JSON body of a request. It must not know what the body means."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ..config import MAX_BODY


class UnsupportedMediaType(Exception):
    """The body is not declared as application/json."""


class MalformedJson(ValueError):
    """The body is no JSON (RFC 8259) in UTF-8; the message says where."""


def read_json(max_bytes: int = MAX_BODY) -> Any:
    """Return the body of this request; one of more than `max_bytes` is refused unread.

    NaN and Infinity, which are no JSON, are refused. An unpaired surrogate is not, so that it fails only its row.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    request.max_content_length = max_bytes
    body = _read_body()
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise MalformedJson("The body is not encoded in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise MalformedJson("The body is nested too deeply.") from None
    except ValueError:
        raise MalformedJson("The body has NaN, Infinity or a number of thousands of digits.") from None


def _read_body() -> bytes:
    try:
        body = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception:
        # Each server has exceptions of its own for broken chunks and callers that hang up.
        raise MalformedJson("The body is not complete.") from None
    if len(body) < (request.content_length or 0):
        raise MalformedJson("The body is not complete.")
    # Of a body without a length Werkzeug returns what fits the limit and doesn't mention the rest.
    if request.content_length is None and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
