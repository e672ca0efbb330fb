"""flask contacts: opt-outs, opt-ins and the template preview."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from ..accounts.users import find_workspace
from ..contacts.store import find_contacts
from ..contacts.writes import upsert_many
from ..imports.record.consent import describe_consent
from ..messages.placeholders import Template, TemplateError
from ..messages.readiness import GROUPS, check_readiness
from ..phones.parse import InvalidPhone, parse_phone
from ..text import show
from ..validation.schemas import load_rows
from .shared import CommandError, country_option, current_actor, open_connection, workspace_option

STATES = {None: "new", True: "opted in", False: "opted out"}

group = AppGroup("contacts", help="Import, export and change contacts.")


@group.command("opt-out")
@click.argument("phones", nargs=-1, required=True, metavar="PHONE…")
@workspace_option
@country_option
def opt_out(phones: tuple[str, ...], workspace: str, country: str | None) -> None:
    """Opt contacts out. An unknown phone number is added, so that a later import can't opt it in."""
    change_consent(phones, workspace, country, opted_in=False)


@group.command("opt-in")
@click.argument("phones", nargs=-1, required=True, metavar="PHONE…")
@workspace_option
@country_option
def opt_in(phones: tuple[str, ...], workspace: str, country: str | None) -> None:
    """Opt contacts in, even after an opt-out. Use it only if they asked for messages."""
    change_consent(phones, workspace, country, opted_in=True)


def change_consent(phones: tuple[str, ...], workspace: str, country: str | None, *, opted_in: bool) -> None:
    """Set the opt-in state of phone numbers; exit with 1 if one isn't valid."""
    rows = load_rows([{"phone": phone, "optedIn": opted_in} for phone in phones])
    with open_connection():
        outcomes = upsert_many(find_workspace(workspace), rows, current_actor("cli"), region=country, may_opt_in=True)
    for phone, outcome in zip(phones, outcomes, strict=True):
        messages = [problem.message for problem in (*outcome.problems, *outcome.warnings)]
        click.echo(" ".join([f"{outcome.contact.phone if outcome.contact else phone}: {outcome.status}", *messages]))
    sys.exit(1 if any(outcome.contact is None for outcome in outcomes) else 0)


@group.command()
@click.argument("phone")
@workspace_option
@country_option
def consent(phone: str, workspace: str, country: str | None) -> None:
    """Show each change of a contact's consent, newest first: when, the state before and after, from where, who."""
    with open_connection():
        found = find_workspace(workspace)
        try:
            e164 = parse_phone(phone, country or found.country).e164
        except InvalidPhone as error:
            raise CommandError(f"{show(phone)}: {error}") from None
        contact = find_contacts(found.id, [e164]).get(e164)
        if contact is None:
            raise CommandError(f"{found.name} has no contact with the phone number {e164}.")
        for change in describe_consent(found.id, contact.id):
            what = f"{STATES[change['old']]} -> {STATES[change['new']]}"
            who = change["email"] or change["actor"]
            file = f", {change['fileName'] or change['importId']}" if change["importId"] else ""
            click.echo(f"{change['changedAt']}  {what}  {change['source']}{file}  {who}")


@group.command()
@workspace_option
@click.option("--body", required=True, help='Text with placeholders, e.g. "Hi {{1}}".')
@click.option("--map", "sources", multiple=True, metavar="N=ATTRIBUTE", help="Attribute for placeholder N.")
@click.option(
    "--fallback",
    "fallbacks",
    multiple=True,
    metavar="N=TEXT",
    help="Text for placeholder N if the attribute is missing.",
)
@click.option("--text", "texts", multiple=True, metavar="N=TEXT", help="Fixed text for placeholder N.")
def preview(
    workspace: str, body: str, sources: tuple[str, ...], fallbacks: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    """Show a template filled for the newest contacts, and how many contacts have all its values."""
    try:
        template = Template(body, read_mapping(sources, fallbacks, texts))
    except TemplateError as error:
        raise CommandError(str(error)) from None
    with open_connection():
        result = check_readiness(find_workspace(workspace).id, template)
    for contact, filled in result.newest:
        lacks = ", ".join(f"{{{{{number}}}}}" for number in filled.missing)
        click.echo(f"{contact.phone}: {filled.text if filled.text is not None else f'has no value for {lacks}'}")
    ready, fallback, incomplete = (result.counts[name] for name in GROUPS)
    click.echo(f"{ready:,} ready, {fallback:,} use a fallback, {incomplete:,} lack a value")
    for number, lacking in sorted(result.missing.items()):
        click.echo(f"  {lacking:,} lack {{{{{number}}}}}")


def read_mapping(
    sources: tuple[str, ...], fallbacks: tuple[str, ...], texts: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    """Return the mapping of a Template from the options."""
    mapping: dict[str, dict[str, str]] = {}
    for kind, options in (("attribute", sources), ("fallback", fallbacks), ("text", texts)):
        for option in options:
            number, equals, value = option.partition("=")
            if not equals:
                raise click.BadParameter(f"“{option}” isn't valid. Write it like 1=name.")
            mapping.setdefault(number.strip(), {})[kind] = value
    return mapping
