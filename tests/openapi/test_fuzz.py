"""What the description promises holds on the running service: schemathesis sends it what fits, and what does not.

FUZZ_EXAMPLES says how many calls of each route are drawn at random, beside those that the description gives rise to.
"""

import os
import shutil
import sqlite3
from contextlib import closing

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from sendy_contacts import create_app
from sendy_contacts.contacts.records import CONTACT_ID
from sendy_contacts.openapi.document import describe_service
from sendy_contacts.phones.countries import COUNTRIES
from sendy_contacts.text import fold
from sendy_contacts.validation.fields import LARGEST_INTEGER
from tests.support.service import Service, environment, flask, free_port

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
CONTACTS = "/internal/contacts"
BULK = f"{CONTACTS}/bulk"
IMPORTS = "/internal/imports"
OF_STATE = {"no_phone_column", "import_not_draft", "import_expired", "too_many_keys"}
DESCRIPTION = f"{CONTACTS}/openapi.json"

spellings = st.sampled_from(["+2547{}", "002547{}", "tel:+254-7{}", "+254 (7) {}"])
schemathesis.openapi.format("phone", st.builds(str.format, spellings, st.from_regex("[0-9]{8}", fullmatch=True)))

app = create_app({"SECRET_KEY": "a secret key for tests", "DATABASE_URL": "sqlite:///instance/unused.db"})
config = schemathesis.Config(seed=1 if "CI" in os.environ else None)
description = schemathesis.openapi.from_dict(describe_service(app), config=config)
# A cookie that is no session doesn't spoil the one in the header, so drawn cookies would pass for an open door.
description.config.generation.update(with_security_parameters=False)
for check in (description.config.checks.negative_data_rejection, description.config.checks.positive_data_acceptance):
    # Of a body or a query that is too large nobody reads whether it is right.
    check.expected_statuses = [*check.expected_statuses, "413", "414"]

settings = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def service(golden_file, tmp_path_factory):
    """The running service on a database of its own, with one contact; `options` call it as the owner."""
    file = shutil.copy(golden_file, tmp_path_factory.mktemp("fuzz") / "contacts.db")
    service = Service(environment(f"sqlite:///{file}", PORT=str(free_port())), file.with_name("log")).wait()
    service.file = file
    session = {"Authorization": f"Bearer {flask(service.env, 'users', 'session', 'owner@example.com').strip()}"}
    service.options = {"base_url": f"http://127.0.0.1:{service.port}", "headers": session}
    service.contact_id = service.call("POST", CONTACTS, {"phone": "+254722000000"}, **session)[1]["id"]
    yield service
    service.stop()


def forget_calls(service):
    """Put the database back, so that the same calls get the same answers again."""
    with closing(sqlite3.connect(service.file, timeout=10)) as connection, connection:
        connection.execute("DELETE FROM contact WHERE id <> ?", [service.contact_id])
        connection.execute(
            "UPDATE contact SET name = NULL, attributes = '{}', tags = '[]', name_key = NULL, tag_keys = '[]'"
        )
        connection.execute("DELETE FROM sign_in_attempts")


def is_forgiven(value):
    """Tell whether the service takes what the description, which has no words for it, refuses: white space around
    texts, lower case of a country, tags alike, a double beyond 64-bit integers."""
    if isinstance(value, dict):
        return any(map(is_forgiven, [*value, *value.values()]))
    if isinstance(value, list):
        return any(map(is_forgiven, value)) or len({fold(str(item)) for item in value}) < len(value)
    if isinstance(value, str):
        return value != value.strip() or value.upper() in COUNTRIES
    return isinstance(value, float) and abs(value) > LARGEST_INTEGER


def is_understood(body):
    """Tell whether the envelope of a bulk call is right: a row that is not fails alone, with 200."""
    return isinstance(body, dict) and body.keys() == {"contacts"} and isinstance(body["contacts"], list)


def inapplicable(case, response):
    """Return the checks that can't apply to a call, because of what the description has no words for."""
    checks = []
    if is_forgiven(case.body) or is_forgiven(case.query) or (case.path == BULK and is_understood(case.body)):
        checks.append(negative_data_rejection)
    error = response.json()["error"] if response.status_code == 400 else {}
    details = error.get("details", [])
    if [problem["code"] for problem in details] == ["too_many"]:
        # With what is stored already the attributes or tags are too many.
        checks.append(positive_data_acceptance)
    if error.get("code") in OF_STATE or (details and details[0]["field"].startswith("columns[")):
        # That depends on what is stored.
        checks.append(positive_data_acceptance)
    if [problem["code"] for problem in details] == ["invalid_template"]:
        # Which placeholders the mapping needs depends on the body.
        checks.append(positive_data_acceptance)
    if case.path == IMPORTS:
        # The description has no words for what makes a file a list.
        checks += [negative_data_rejection, positive_data_acceptance]
    if case.path in (BULK, DESCRIPTION):
        # PATCH takes these paths for the ids of contacts.
        checks += [unsupported_method, allow_header_conformance]
    return checks


@description.parametrize()
@settings
def test_every_response_is_as_described(case, service):
    if CONTACT_ID.fullmatch(str(case.path_parameters.get("contact_id"))):
        # Nobody would draw one that exists.
        case.path_parameters["contact_id"] = service.contact_id
    response = case.call(**service.options)
    case.validate_response(
        response,
        headers=service.options["headers"],
        excluded_checks=inapplicable(case, response),
        transport_kwargs=service.options,
    )


def test_ids_and_cursors_of_responses_work_in_requests(service):
    class Chain(description.as_state_machine()):
        def setup(self):
            forget_calls(service)

        def get_call_kwargs(self, _case):
            return service.options

        def validate_response(self, response, case, **_):
            case.validate_response(
                response,
                headers=service.options["headers"],
                excluded_checks=inapplicable(case, response),
                transport_kwargs=service.options,
                recorder=self.recorder,
            )

    Chain.run(settings=hypothesis.settings(settings, max_examples=-(-EXAMPLES // 4), stateful_step_count=4))
