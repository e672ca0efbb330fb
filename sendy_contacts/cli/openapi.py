"""flask openapi: the OpenAPI document."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from ..openapi.document import describe_service


@click.command("openapi")
@with_appcontext
def command() -> None:
    """Print the OpenAPI document of the service. This needs no database."""
    click.echo(json.dumps(describe_service(current_app), indent=2, ensure_ascii=False))
