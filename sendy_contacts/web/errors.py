"""Exceptions -> the one error envelope.

{"error": {"type": …, "code": …, "message": …, "request_id": …, "details": […]}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Flask, Response, jsonify, request
from peewee import DatabaseError, InterfaceError, InternalError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException

from ..accounts.sign_in import InvalidCredentials, TooManySignIns
from ..config import MAX_BODY
from ..contacts.merge import UpdateRefused
from ..contacts.store import ContactNotFound
from ..database.migrate import MigrationsPending
from ..validation.errors import MAX_ERRORS, FieldError, ValidationFailed
from . import auth
from .error_codes import ERRORS, envelope
from .logs import get_request_id, logger
from .request_body import MalformedJson, UnsupportedMediaType

# Exceptions of which there is no more to say than their code does.
CODES = {
    UnsupportedMediaType: "unsupported_media_type",
    ContactNotFound: "contact_not_found",
    auth.SessionRequired: "session_required",
    auth.ApiKeyNotAllowed: "api_key_not_allowed",
    auth.RoleNotAllowed: "role_not_allowed",
    auth.CrossSiteRequest: "cross_site_request",
    InvalidCredentials: "invalid_credentials",
}
HTTP_CODES = {400: "malformed_json", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
TRY_AGAIN = {"Retry-After": "5"}


def init_app(app: Flask) -> None:
    """Answer every exception, of the routes and of anything around them, with the envelope."""
    for exception in CODES:
        app.register_error_handler(exception, answer_known)
    for exception in (OperationalError, InterfaceError, InternalError, MaxConnectionsExceeded):
        app.register_error_handler(exception, answer_unavailable)
    app.register_error_handler(MigrationsPending, answer_not_ready)
    app.register_error_handler(DatabaseError, answer_database_error)
    app.register_error_handler(ValidationFailed, answer_invalid)
    app.register_error_handler(UpdateRefused, answer_refused_update)
    app.register_error_handler(MalformedJson, answer_malformed_json)
    app.register_error_handler(TooManySignIns, answer_too_many_sign_ins)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(Exception, answer_unforeseen)
    # Flask's own line would hold the path; `answer_unforeseen` logs one without.
    app.log_exception = lambda _: None  # type: ignore[assignment,method-assign]


def respond(
    code: str, message: str = "", details: Iterable[FieldError] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response of an error code; without a message it has the code's own."""
    response = jsonify(envelope(code, get_request_id(), message, details))
    response.status_code = ERRORS[code].statuses[0]
    response.headers.update(headers or {})
    return response


def answer_known(error: Exception) -> Response:
    """Answer an exception of CODES."""
    return respond(next(CODES[kind] for kind in type(error).__mro__ if kind in CODES))


def answer_unforeseen(error: Exception) -> Response:
    """Answer 500 to an exception that nobody foresaw, and log where it was raised."""
    logger.error("unhandled exception", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return respond("internal_error")


def answer_unavailable(error: Exception) -> Response:
    """Answer 503 when the database can't be reached, is busy, or ends a statement."""
    logger.error("database unavailable", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return respond("database_unavailable", headers=TRY_AGAIN)


def answer_database_error(error: DatabaseError) -> Response:
    """Answer 503 for a file that is damaged or no database; the subclasses are mistakes of ours."""
    return answer_unavailable(error) if type(error) is DatabaseError else answer_unforeseen(error)


def answer_not_ready(error: MigrationsPending) -> Response:
    """Answer 503 and name the pending migrations."""
    return respond("database_unavailable", str(error), headers=TRY_AGAIN)


def answer_http_exception(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug raise themselves."""
    if error.code not in HTTP_CODES:
        return answer_unforeseen(getattr(error, "original_exception", None) or error)
    message = ""
    if error.code == 400:
        message = "The request ended before its body was complete, or can't be read."
    elif error.code == 413 and request.max_content_length not in (None, MAX_BODY):
        message = f"The body is larger than {request.max_content_length // 1024} KiB."
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return respond(HTTP_CODES[error.code], message, headers=headers)


def answer_invalid(error: ValidationFailed) -> Response:
    """Answer with everything that is wrong with the request."""
    message, more = error.problems[0].message, len(error.problems) - 1
    if more:
        message += f" (and {'at least ' if more + 1 == MAX_ERRORS else ''}{more} more, see details)"
    return respond(error.code, message, error.problems)


def answer_refused_update(error: UpdateRefused) -> Response:
    """Answer that the contact would grow past a limit."""
    return answer_invalid(ValidationFailed([error.problem]))


def answer_malformed_json(error: MalformedJson) -> Response:
    """Answer where the body stops being JSON."""
    return respond("malformed_json", str(error))


def answer_too_many_sign_ins(error: TooManySignIns) -> Response:
    """Answer when to try again."""
    minutes = -(-error.retry_after // 60)
    message = f"Too many attempts to sign in. Try again in {minutes} min."
    return respond("too_many_sign_ins", message, headers={"Retry-After": str(error.retry_after)})
