"""Exceptions become the one error envelope here, and nowhere else.

{"error": {"type": …, "code": …, "message": …, "request_id": …, "details": […]}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any, NamedTuple

from flask import Flask, jsonify
from peewee import DatabaseError, InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from ..accounts.sign_in import InvalidCredentials, TooManySignIns
from ..contacts.merge import UpdateRefused
from ..contacts.store import ContactNotFound
from ..database.migrate import MigrationsPending
from ..validation.errors import MAX_ERRORS, FieldError, ValidationFailed, dump_error
from . import auth
from .error_codes import ERRORS
from .logs import get_request_id, logger
from .request_body import MalformedJson, UnsupportedMediaType

# What werkzeug raises by itself.
HTTP_CODES = {400: "malformed_json", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}

# Errors of which there is no more to say than their code does.
CODES = {
    UnsupportedMediaType: "unsupported_media_type",
    ContactNotFound: "contact_not_found",
    auth.SessionRequired: "session_required",
    auth.ApiKeyNotAllowed: "api_key_not_allowed",
    auth.RoleNotAllowed: "role_not_allowed",
    auth.CrossSiteRequest: "cross_site_request",
    InvalidCredentials: "invalid_credentials",
}
TRY_AGAIN = {"Retry-After": "5"}


class Answer(NamedTuple):
    """A code of `answers.ERRORS`, which has its status, its type and, where there is no better one, its message."""

    code: str
    message: str = ""
    details: Sequence[FieldError] = ()
    headers: Mapping[str, str] = {}


def init_app(app: Flask) -> None:
    """Answer every exception, of the routes and of anything around them, with the envelope."""
    app.register_error_handler(Exception, answer)
    # Flask's own line would hold the path; `describe` writes one without.
    app.log_exception = lambda _: None  # type: ignore[assignment,method-assign]


def answer(error: Exception) -> Any:
    """Return the answer that tells the caller of the exception."""
    if isinstance(error, RoutingException):
        return error
    code, message, details, headers = describe(error)
    statuses, kind, usual = ERRORS[code]
    body: dict[str, Any] = {"type": kind, "code": code, "message": message or usual, "request_id": get_request_id()}
    if details:
        body["details"] = [dump_error(problem) for problem in details]
    response = jsonify(error=body)
    response.status_code = statuses[0]
    response.headers.update(headers)
    return response


@singledispatch
def describe(error: Exception) -> Answer:
    """Tell what to answer to an exception; to one that nobody foresaw: 500, and the place in the log."""
    logger.error("unhandled exception", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return Answer("internal_error")


@describe.register
def _(error: DatabaseError) -> Answer:
    # The class itself is a file that is damaged or no database; its subclasses are mistakes of ours.
    return (_answer_unavailable if type(error) is DatabaseError else describe.dispatch(Exception))(error)


@describe.register(OperationalError)
@describe.register(InterfaceError)
@describe.register(MaxConnectionsExceeded)
def _answer_unavailable(error: Exception) -> Answer:
    logger.error("database unavailable", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return Answer("database_unavailable", headers=TRY_AGAIN)


@describe.register
def _(error: MigrationsPending) -> Answer:
    return Answer("database_unavailable", str(error), headers=TRY_AGAIN)


@describe.register
def _(error: HTTPException) -> Answer:
    if error.code not in HTTP_CODES:
        return describe.dispatch(Exception)(getattr(error, "original_exception", None) or error)
    message = "The request ended before its body was complete, or can't be read." if error.code == 400 else ""
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Answer(HTTP_CODES[error.code], message, headers=headers)


@describe.register
def _(error: ValidationFailed) -> Answer:
    message, more = error.problems[0].message, len(error.problems) - 1
    if more:
        message += f" (and {'at least ' if more + 1 == MAX_ERRORS else ''}{more} more, see details)"
    return Answer(error.code, message, error.problems)


@describe.register
def _(error: UpdateRefused) -> Answer:
    return describe(ValidationFailed([error.problem]))


@describe.register
def _(error: MalformedJson) -> Answer:
    return Answer("malformed_json", str(error))


@describe.register
def _(error: TooManySignIns) -> Answer:
    minutes = -(-error.retry_after // 60)
    message = f"Too many attempts to sign in. Try again in {minutes} min."
    return Answer("too_many_sign_ins", message, headers={"Retry-After": str(error.retry_after)})


for kind, code in CODES.items():
    describe.register(kind, lambda _, code=code: Answer(code))
