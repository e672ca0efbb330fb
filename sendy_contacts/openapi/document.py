"""The OpenAPI 3.1 document of the service, built without a database.

Paths, methods and path parameters come from Flask, summaries from the docstrings of the handlers, request bodies from
the marshmallow schemas, and the rest from `operations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from .. import __version__
from ..validation.fields import ContactField, ReadOnly
from ..validation.schemas import CREDENTIALS, IMPORT_PATCH, MAX_ROWS, PATCH, TEMPLATE_CHECK, ContactSchema
from ..web.error_codes import ERRORS
from . import examples
from .components import DETAILED, SCHEMAS, Json, describe_list, describe_object, refer
from .import_components import IMPORT_SCHEMAS
from .operations import ANYWHERE, ERROR_HEADERS, HEADERS, JSON, OPERATIONS, PATH_PARAMETERS, Operation, Response

ABOUT = """The contact list of a WhatsApp broadcast platform: people who can receive messages, and their opt-outs.

Each request under `/internal` needs the session of a signed-in user, as a cookie or as a bearer token.
Writes need the role `owner`, `admin` or `developer`.

Other paths return `NotFound`, other methods `MethodNotAllowed` (see the components). Each path with `GET` also
supports `HEAD`, and each path supports `OPTIONS`. `PATCH` reads any path segment after `/internal/contacts/` as an
id."""

# HTTP defines these methods, and Flask implements them.
IMPLIED = frozenset({"HEAD", "OPTIONS"})

BODIES: dict[str, Schema] = {
    "ContactRow": ContactSchema(),
    "ContactPatch": PATCH,
    "ImportPatch": IMPORT_PATCH,
    "TemplateCheck": TEMPLATE_CHECK,
    "Credentials": CREDENTIALS,
}


def describe_service(app: Flask) -> Json:
    """Return the OpenAPI document of the app."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        "SendyStack Contacts",
        __version__,
        "3.1.0",
        plugins=[plugin],
        info={"description": ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        servers=[{"url": "/"}],
        security=[{"cookie": []}, {"bearer": []}],
    )
    plugin.converter.add_attribute_function(_describe_field)  # type: ignore[union-attr]
    _add_components(spec, app.config["SESSION_COOKIE_NAME"])
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if operation := OPERATIONS.get(rule.endpoint):
            summary = str(app.view_functions[rule.endpoint].__doc__).partition("\n")[0]
            described = _describe_operation(rule, operation) | {"summary": summary}
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule)
            spec.path(path, operations={method.lower(): described for method in list_methods(rule)})
    return spec.to_dict()


def list_methods(rule: Rule) -> list[str]:
    """Return the methods of a route that the document describes."""
    return sorted((rule.methods or set()) - IMPLIED)


def _describe_operation(rule: Rule, operation: Operation) -> Json:
    described: Json = {"operationId": rule.endpoint.rpartition(".")[2]}
    parameters = [_describe_parameter("path", name, "", PATH_PARAMETERS[name]) for name in sorted(rule.arguments)]
    parameters += [_describe_parameter("query", name, *about) for name, about in operation.parameters.items()]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": _describe_content(operation.body, operation.body_type),
        }
    if operation.public:
        described["security"] = []
    described["responses"] = _describe_responses(operation)
    return described


def _describe_parameter(place: str, name: str, description: str, schema: Json) -> Json:
    about = {"description": description} if description else {}
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, **about, **required, "schema": schema, "example": examples.PARAMETERS[name]}


def _describe_responses(operation: Operation) -> Json:
    described = {str(status): _describe_response(response) for status, response in operation.responses.items()}
    codes: dict[int, list[str]] = {}
    for code in ERRORS:
        if code in operation.errors + ANYWHERE:
            for status in ERRORS[code].statuses:
                codes.setdefault(status, []).append(code)
    return described | {str(status): _describe_error(status, codes[status]) for status in sorted(codes)}


def _describe_response(response: Response) -> Json:
    described: Json = {"description": response.description, "headers": _refer_headers(response.headers)}
    if response.schema:
        described["content"] = _describe_content(response.schema, response.media_type)
    if response.links:
        described["links"] = response.links
    return described


def _describe_error(status: int, codes: Iterable[str]) -> Json:
    """Return the error response of a status, with exactly these codes."""
    restriction = {"properties": {"error": {"properties": {"code": {"enum": list(codes)}}}}}
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _refer_headers(ERROR_HEADERS.get(status, ())),
        "content": {JSON: {"schema": {"allOf": [refer("Error"), restriction]}, "examples": _refer_examples(codes)}},
    }


def _describe_content(name: str, media_type: str = JSON) -> Json:
    shown = {"examples": _refer_examples([name])} if name in examples.OF_SCHEMAS else {}
    return {media_type: {"schema": refer(name), **shown}}


def _refer_headers(names: Iterable[str]) -> Json:
    return {name: refer(name, "headers") for name in ("X-Request-Id", *names)}


def _refer_examples(names: Iterable[str]) -> Json:
    return {name: refer(name, "examples") for name in names}


def _describe_field(_: Any, field: ContactField, **__: Any) -> Json:
    return {"description": type(field).__doc__} | field.describe()


def _add_components(spec: APISpec, cookie: str) -> None:
    for name, schema in BODIES.items():
        writable = [key for key, field in schema.fields.items() if not isinstance(field, ReadOnly)]
        spec.components.schema(name, schema=type(schema)(only=writable))
    rows = describe_object({"contacts": describe_list("ContactRow", MAX_ROWS, 1)})
    spec.components.schema("BulkCall", rows | {"additionalProperties": False})
    for name, shape in (SCHEMAS | IMPORT_SCHEMAS).items():
        spec.components.schema(name, shape)
    for name, header in HEADERS.items():
        spec.components.header(name, header)
    for name, value in examples.OF_SCHEMAS.items():
        spec.components.example(name, {"value": value})
    for code, (_, kind, message) in ERRORS.items():
        value = examples.show_error(kind, code, message, DETAILED.get(code))
        spec.components.example(code, {"value": value})
    for name, status, code in (("NotFound", 404, "not_found"), ("MethodNotAllowed", 405, "method_not_allowed")):
        spec.components.response(name, _describe_error(status, [code]))
    spec.components.security_scheme("cookie", {"type": "apiKey", "in": "cookie", "name": cookie})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
