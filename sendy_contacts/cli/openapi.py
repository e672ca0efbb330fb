"""flask openapi: the description of the service, for machines."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from ..openapi.document import describe_service


@click.command("openapi")
@with_appcontext
def command() -> None:
    """Print the description of the service in OpenAPI. It needs no database."""
    click.echo(json.dumps(describe_service(current_app), indent=2, ensure_ascii=False))
