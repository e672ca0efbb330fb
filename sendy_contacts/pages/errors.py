"""Errors as pages. Status and message are those that the API has for the error."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..web.auth import SessionRequired
from ..web.logs import get_request_id


class Described(NamedTuple):
    """The status, the message for a person and the headers of an error."""

    status: int
    message: str
    headers: dict[str, str]


def describe_error(error: Exception) -> Described:
    """Return what the API would respond to the error."""
    handlers = current_app.error_handler_spec[None][None]
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    response: Response = handler(error)  # type: ignore[assignment]
    headers = {name: value for name, value in response.headers if name in ("Allow", "Retry-After")}
    return Described(response.status_code, response.get_json()["error"]["message"], headers)


def show_error(error: Exception) -> Response:
    """Return the page of an error."""
    g.is_failing = True
    status, message, headers = describe_error(error)
    title = HTTPStatus(status).phrase
    page = render_template("error.html", title=title, message=message, request_id=get_request_id())
    return make_response(page, status, headers)


def is_failing() -> bool:
    """Return whether this request is being responded to with the page of an error: the database may be what fails."""
    return bool(g.get("is_failing", False))


def lead_to_sign_in(_: SessionRequired) -> AnyResponse:
    """Redirect to the sign-in, and back to this address afterwards."""
    return redirect(url_for("pages.sign_in.show_sign_in", next=request.full_path.rstrip("?")))
