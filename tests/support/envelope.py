"""The contract of error responses."""

import re

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    405: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
}


def assert_envelope(answer, status, code):
    """Assert that a response has the envelope, with this status and code."""
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert list(answer.json) == ["error"]
    error = answer.json["error"]
    assert set(error) - {"details"} == {"type", "code", "message", "request_id"}
    assert (error["type"], error["code"]) == (TYPES[status], code)
    assert len(error["message"]) > 10
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    for detail in error.get("details", []):
        assert set(detail) == {"field", "code", "message"}
        assert re.fullmatch(r"[a-z_]+", detail["code"])
    for leak in ("Traceback", "SELECT", "sqlite", "psycopg", "peewee", "werkzeug"):
        assert leak not in answer.text
