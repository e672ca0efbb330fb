"""flask users: add, change and list users, and print a session of one."""

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
@click.option("--workspace", required=True, metavar="NAME", help="Created if it doesn't exist.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option(
    "--country",
    callback=read_country,
    help="Default country of the workspace, for phone numbers without a +, e.g. KE.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, workspace: str, role: str, country: str | None, password_stdin: bool) -> None:
    """Add a user, and the workspace if it doesn't exist."""
    if password_stdin:
        password = read_password()
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with open_connection():
        add_user(email, workspace, role, country, password)
    click.echo(f"added {email} ({role}) to {workspace}")


def read_password() -> str:
    """Return the first line of standard input."""
    return sys.stdin.buffer.readline().decode(errors="surrogateescape").rstrip("\r\n")


@group.command("set")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--activate/--deactivate", "active", default=None)
@click.option("--password-stdin", is_flag=True, help="Read a new password from standard input. Ends all sessions.")
@click.option("--sign-out", is_flag=True, help="End all sessions of the user.")
def set_(email: str, role: str | None, active: bool | None, password_stdin: bool, sign_out: bool) -> None:
    """Change a user. The change takes effect at their next request."""
    password = read_password() if password_stdin else None
    with open_connection():
        user = change_user(email, role, active, password, sign_out=sign_out)
    ended = ", all sessions ended" if sign_out or password_stdin or active is False else ""
    click.echo(f"{user.email} is {user.role}, {'active' if user.active else 'deactivated'}{ended}")


@group.command()
@click.argument("email")
def session(email: str) -> None:
    """Print a session value of a user, for "Cookie: session=…" or "Authorization: Bearer …"."""
    with open_connection():
        user = find_user(email)
        if not user.active:
            raise AccountError(f"{email} is deactivated. Activate it with: flask users set --activate")
        if user.session_id is None:
            user = change_user(email)
        click.echo(sign_session(str(user.session_id)))


@group.command("list")
def list_() -> None:
    """List the users: email, role, workspace, active or deactivated."""
    with open_connection():
        for user in list_users():
            active = "active" if user.active else "deactivated"
            click.echo(f"{user.email}\t{user.role}\t{user.workspace.name}\t{active}")
