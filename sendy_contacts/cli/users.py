"""flask users: add, change and list those who may sign in, and sign in for them."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from ..accounts.models import ROLES
from ..accounts.users import AccountError, add_user, change_user, find_user, list_users
from ..web.auth import sign_session
from .shared import open_connection, read_country

group = AppGroup("users", help="Add, change and list the users of the dashboard.")


@group.command()
@click.argument("email")
@click.option("--workspace", required=True, metavar="NAME", help="Made when it is new.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--country", callback=read_country, help="The workspace's: reads phones without a +. Such as KE.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, workspace: str, role: str, country: str | None, password_stdin: bool) -> None:
    """Add a user, and the workspace when it is new."""
    if password_stdin:
        password = sys.stdin.buffer.readline().decode(errors="surrogateescape").rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with open_connection():
        add_user(email, workspace, role, country, password)
    click.echo(f"added {email} ({role}) to {workspace}")


@group.command("set")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--activate/--deactivate", "active", default=None)
def set_(email: str, role: str | None, active: bool | None) -> None:
    """Change a user; it takes effect at their next request."""
    with open_connection():
        user = change_user(email, role, active)
    click.echo(f"{user.email} is {user.role}, {'active' if user.active else 'deactivated'}")


@group.command()
@click.argument("email")
def session(email: str) -> None:
    """Print a session value, for "Cookie: session=…" or "Authorization: Bearer …"."""
    with open_connection():
        user = find_user(email)
        if not user.active:
            raise AccountError(f"{email} is deactivated.")
        click.echo(sign_session(user.id))


@group.command("list")
def list_() -> None:
    """List the users: e-mail, role, workspace, and whether they may sign in."""
    with open_connection():
        for user in list_users():
            active = "active" if user.active else "deactivated"
            click.echo(f"{user.email}\t{user.role}\t{user.workspace.name}\t{active}")
