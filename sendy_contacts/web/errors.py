"""Error handlers: exceptions -> the error envelope.

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
from ..imports.exports import TooManyKeys
from ..imports.header_row import HeaderError
from ..imports.record.store import ImportExpired, ImportNotFound
from ..imports.steps.check import NoPhoneColumn
from ..imports.steps.edit import NotADraft
from ..messages.placeholders import TemplateError, TemplateMappingError
from ..spreadsheets.errors import UnreadableFile
from ..validation.errors import MAX_ERRORS, FieldError, ValidationFailed, field_error
from . import auth
from .downloads import NoRoom
from .error_codes import ERRORS, envelope
from .logs import get_request_id, logger
from .request_body import MalformedJson, UnsupportedMediaType
from .uploads import MAX_FILE

# Exceptions whose response is the default one of their code.
CODES = {
    ContactNotFound: "contact_not_found",
    ImportNotFound: "import_not_found",
    ImportExpired: "import_expired",
    TooManyKeys: "too_many_keys",
    NotADraft: "import_not_draft",
    NoPhoneColumn: "no_phone_column",
    auth.SessionRequired: "session_required",
    auth.ApiKeyNotAllowed: "api_key_not_allowed",
    auth.RoleNotAllowed: "role_not_allowed",
    auth.CrossSiteRequest: "cross_site_request",
    InvalidCredentials: "invalid_credentials",
}
HTTP_CODES = {400: "malformed_json", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
FILE_TOO_LARGE = f"The file is larger than {MAX_FILE >> 20} MiB. Split the list, or save it as CSV."
TRY_AGAIN = {"Retry-After": "5"}


def init_app(app: Flask) -> None:
    """Respond to every exception with the envelope."""
    for exception in CODES:
        app.register_error_handler(exception, respond_known)
    for exception in (OperationalError, InterfaceError, InternalError, MaxConnectionsExceeded):
        app.register_error_handler(exception, respond_unavailable)
    app.register_error_handler(MigrationsPending, respond_not_ready)
    app.register_error_handler(NoRoom, respond_no_room)
    app.register_error_handler(DatabaseError, respond_database_error)
    app.register_error_handler(ValidationFailed, respond_invalid)
    app.register_error_handler(UpdateRefused, respond_refused_update)
    app.register_error_handler(HeaderError, respond_wrong_header)
    app.register_error_handler(TemplateError, respond_wrong_body)
    app.register_error_handler(TemplateMappingError, respond_wrong_mapping)
    app.register_error_handler(MalformedJson, respond_malformed_json)
    app.register_error_handler(UnsupportedMediaType, respond_unsupported)
    app.register_error_handler(UnreadableFile, respond_unreadable)
    app.register_error_handler(TooManySignIns, respond_too_many_sign_ins)
    app.register_error_handler(HTTPException, respond_http_exception)
    app.register_error_handler(Exception, respond_unforeseen)
    # Flask would log the path, which can hold a name or a phone number; `respond_unforeseen` leaves it out.
    app.log_exception = lambda _: None  # type: ignore[assignment,method-assign]


def respond(
    code: str, message: str = "", details: Iterable[FieldError] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response of an error code; without a `message` it has the default one of the code."""
    response = jsonify(envelope(code, get_request_id(), message, details))
    response.status_code = ERRORS[code].statuses[0]
    response.headers.update(headers or {})
    return response


def respond_known(error: Exception) -> Response:
    """Return the response to an exception of CODES."""
    return respond(next(CODES[kind] for kind in type(error).__mro__ if kind in CODES))


def respond_unforeseen(error: Exception) -> Response:
    """Return 500 for an unexpected exception, and log where it was raised."""
    logger.error("unhandled exception", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return respond("internal_error")


def respond_unavailable(error: Exception) -> Response:
    """Return 503 if the database can't be reached, is busy, or cancels a statement."""
    logger.error("database unavailable", exc_info=error, extra={"fields": {"request_id": get_request_id()}})
    return respond("database_unavailable", headers=TRY_AGAIN)


def respond_database_error(error: DatabaseError) -> Response:
    """Return 503 for a file that is damaged or not a database. The subclasses are faults of the program: 500."""
    return respond_unavailable(error) if type(error) is DatabaseError else respond_unforeseen(error)


def respond_not_ready(error: MigrationsPending) -> Response:
    """Return 503 and name the pending migrations."""
    return respond("database_unavailable", str(error), headers=TRY_AGAIN)


def respond_no_room(_: NoRoom) -> Response:
    """Return 503 if this machine has no room for a file."""
    return respond("database_unavailable", "There is no room for the file. Try again later.", headers=TRY_AGAIN)


def respond_http_exception(error: HTTPException) -> Response:
    """Return the response to an exception of Flask or Werkzeug."""
    if error.code not in HTTP_CODES:
        return respond_unforeseen(getattr(error, "original_exception", None) or error)
    message = ""
    if error.code == 400:
        message = "The body is incomplete, or the request can't be read. Check it and send it again."
    elif error.code == 413 and request.max_content_length not in (None, MAX_BODY):
        limit = request.max_content_length
        message = f"The body is larger than {limit // 1024} KiB. Send less." if limit < MAX_BODY else FILE_TOO_LARGE
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return respond(HTTP_CODES[error.code], message, headers=headers)


def respond_invalid(error: ValidationFailed) -> Response:
    """Return the response that lists every error of the request."""
    message, more = error.problems[0].message, len(error.problems) - 1
    if more:
        message += f" (and {'at least ' if more + 1 == MAX_ERRORS else ''}{more} more, see details)"
    return respond(error.code, message, error.problems)


def respond_refused_update(error: UpdateRefused) -> Response:
    """Return the response to an update that would exceed a limit."""
    return respond_invalid(ValidationFailed([error.problem]))


def respond_wrong_header(error: HeaderError) -> Response:
    """Return the response that says why a row can't be the header."""
    return respond_invalid(ValidationFailed([field_error("headerRow", "invalid_number", str(error))]))


def respond_wrong_body(error: TemplateError) -> Response:
    """Return the response that says what is wrong with the body of a template."""
    return respond_invalid(ValidationFailed([field_error("body", "invalid_template", str(error))]))


def respond_wrong_mapping(error: TemplateMappingError) -> Response:
    """Return the response that says what is wrong with a mapping, which its message names."""
    return respond_invalid(ValidationFailed([FieldError("mapping", "invalid_template", str(error))]))


def respond_malformed_json(error: MalformedJson) -> Response:
    """Return the response that says where the body stops being JSON."""
    return respond("malformed_json", str(error))


def respond_unsupported(error: UnsupportedMediaType) -> Response:
    """Return the response that names the media type of this request."""
    return respond("unsupported_media_type", str(error))


def respond_unreadable(error: UnreadableFile) -> Response:
    """Return the response that says why a file can't be read."""
    return respond("unreadable_file", f"file: {error}")


def respond_too_many_sign_ins(error: TooManySignIns) -> Response:
    """Return 429 with the time to wait."""
    minutes = -(-error.retry_after // 60)
    message = f"Too many sign-in attempts. Try again in {minutes} minute{'s' * (minutes > 1)}."
    return respond("too_many_sign_ins", message, headers={"Retry-After": str(error.retry_after)})
