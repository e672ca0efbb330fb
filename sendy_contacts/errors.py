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

from . import auth
from .accounts import TooManySignIns
from .bodies import MalformedJson, UnsupportedMediaType
from .contacts import ContactNotFound
from .health import NotReady
from .logs import get_request_id, logger
from .problems import MAX_PROBLEMS, Problem, ValidationFailed
from .schemas import dump_problem
from .sessions import InvalidCredentials
from .updates import UpdateRefused

INVALID = "invalid_request_error"
AUTHENTICATION = "authentication_error"
PERMISSION = "permission_error"
RATE_LIMIT = "rate_limit_error"
API = "api_error"

HTTP_CODES = {
    400: ("malformed_json", "The request ended before its body was complete, or can't be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address doesn't take that method; the Allow header lists those it takes."),
    413: ("body_too_large", "The body is larger than 5 MiB; send fewer contacts at a time."),
}


class Answer(NamedTuple):
    """What the envelope and the head of an error's answer hold."""

    status: int
    type: str
    code: str
    message: str
    details: Sequence[Problem] = ()
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
    status, kind, code, message, details, headers = describe(error)
    body: dict[str, Any] = {"type": kind, "code": code, "message": message, "request_id": get_request_id()}
    if details:
        body["details"] = [dump_problem(problem) for problem in details]
    response = jsonify(error=body)
    response.status_code = status
    response.headers.update(headers)
    return response


@singledispatch
def describe(error: Exception) -> Answer:
    """Tell what to answer to an exception; to one that nobody foresaw: 500, and the place in the log."""
    logger.error("unhandled exception", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return Answer(500, API, "internal_error", "Something went wrong here. Tell us the request_id if it stays so.")


@describe.register
def _(error: DatabaseError) -> Answer:
    # The class itself is a file that is damaged or no database; its subclasses are mistakes of ours.
    return (_answer_unavailable if type(error) is DatabaseError else describe.dispatch(Exception))(error)


@describe.register(OperationalError)
@describe.register(InterfaceError)
@describe.register(MaxConnectionsExceeded)
def _answer_unavailable(error: Exception) -> Answer:
    logger.error("database unavailable", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return _unavailable("The database can't be reached or is busy. Send the request again; it writes nothing twice.")


@describe.register
def _(error: NotReady) -> Answer:
    return _unavailable(str(error))


def _unavailable(message: str) -> Answer:
    return Answer(503, API, "database_unavailable", message, headers={"Retry-After": "5"})


@describe.register
def _(error: HTTPException) -> Answer:
    if error.code not in HTTP_CODES:
        return describe.dispatch(Exception)(getattr(error, "original_exception", None) or error)
    code, message = HTTP_CODES[error.code]
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Answer(error.code, INVALID, code, message, headers=headers)


@describe.register
def _(error: ValidationFailed) -> Answer:
    message, more = error.problems[0].message, len(error.problems) - 1
    if more:
        message += f" (and {'at least ' if more + 1 == MAX_PROBLEMS else ''}{more} more, see details)"
    return Answer(400, INVALID, error.code, message, error.problems)


@describe.register
def _(error: UpdateRefused) -> Answer:
    return describe(ValidationFailed([error.problem]))


@describe.register
def _(error: MalformedJson) -> Answer:
    return Answer(400, INVALID, "malformed_json", str(error))


@describe.register
def _(_error: UnsupportedMediaType) -> Answer:
    return Answer(415, INVALID, "unsupported_media_type", "The body must be sent as application/json.")


@describe.register
def _(_error: ContactNotFound) -> Answer:
    return Answer(404, INVALID, "contact_not_found", "There is no contact of this id in this workspace.")


@describe.register
def _(_error: auth.SessionRequired) -> Answer:
    message = "Sign in to the dashboard: this needs the session of an active user."
    return Answer(401, AUTHENTICATION, "session_required", message)


@describe.register
def _(_error: auth.ApiKeyNotAllowed) -> Answer:
    message = "An API key can't call this. Use a dashboard session."
    return Answer(403, PERMISSION, "api_key_not_allowed", message)


@describe.register
def _(_error: auth.RoleNotAllowed) -> Answer:
    message = "Your role may read contacts but not change them; an owner, admin or developer may."
    return Answer(403, PERMISSION, "role_not_allowed", message)


@describe.register
def _(_error: auth.CrossSiteRequest) -> Answer:
    message = "The browser sent this on behalf of another site, so it was refused."
    return Answer(403, PERMISSION, "cross_site_request", message)


@describe.register
def _(_error: InvalidCredentials) -> Answer:
    return Answer(401, AUTHENTICATION, "invalid_credentials", "E-mail or password is wrong.")


@describe.register
def _(error: TooManySignIns) -> Answer:
    minutes = -(-error.retry_after // 60)
    message = f"Too many attempts to sign in. Try again in {minutes} min."
    headers = {"Retry-After": str(error.retry_after)}
    return Answer(429, RATE_LIMIT, "too_many_sign_ins", message, headers=headers)
