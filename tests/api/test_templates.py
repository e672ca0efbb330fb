"""POST /internal/templates/check."""

import pytest

from tests.support.envelope import assert_envelope

CHECK = "/internal/templates/check"
BODY, MAPPING = "Hi {{1}}, {{2}} is due.", {"1": "name", "2": {"attribute": "rent", "fallback": "your rent"}}

PEOPLE = [
    {"phone": "+254712345601", "name": "Ann", "attributes": {"rent": 5}, "tags": ["Tenant", "vip"]},
    {"phone": "+254712345602", "name": "Ben", "tags": ["tenant"]},
    {"phone": "+254712345603", "attributes": {"rent": "7"}, "tags": ["tenant"]},
    {"phone": "+254712345604", "name": "Dan", "attributes": {"rent": "8"}, "tags": ["tenant"], "optedIn": False},
    {"phone": "+254712345605", "name": "Eve", "attributes": {"rent": "9"}},
]


def shown(contact, text, missing=()):
    return {"id": contact["id"], "name": contact["name"], "phone": contact["phone"], "text": text,
            "missing": list(missing)}  # fmt: skip


def test_what_contacts_have_and_lack(client, add):
    contacts = add(*PEOPLE).contacts
    ann, ben, cid, _, eve = (contacts[person["phone"]] for person in PEOPLE)
    assert client.post(CHECK, json={"body": BODY, "mapping": MAPPING}).json == {
        "ready": 2,
        "fallback": 1,
        "incomplete": 1,
        "missing": {"1": 1},
        "first": {
            "ready": [shown(eve, "Hi Eve, 9 is due."), shown(ann, "Hi Ann, 5 is due.")],
            "fallback": [shown(ben, "Hi Ben, your rent is due.")],
            "incomplete": [shown(cid, None, ["1"])],
        },
    }


def test_who_lacks_a_value_is_incomplete_whatever_has_a_fallback(client, add):
    add({"phone": "+254712345601"})
    found = client.post(CHECK, json={"body": BODY, "mapping": MAPPING}).json
    assert (found["ready"], found["fallback"], found["incomplete"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("tags", "counts"),
    [(["TENANT"], (1, 1, 1)), (["tenant", "vip"], (1, 0, 0)), (["nobody"], (0, 0, 0)), ([], (2, 1, 1))],
)
def test_only_contacts_with_all_the_tags_count(client, add, tags, counts):
    add(*PEOPLE)
    found = client.post(CHECK, json={"body": BODY, "mapping": MAPPING, "tags": tags}).json
    assert (found["ready"], found["fallback"], found["incomplete"]) == counts


def test_the_newest_five_of_many_pages_are_shown(client, add):
    for start in (0, 1_000):
        rows = [{"phone": f"+25470000{n:04}", "name": f"Person {n}"} for n in range(start, start + 1_000)]
        client.post("/internal/contacts/bulk", json={"contacts": rows})
    found = client.post(CHECK, json={"body": "Hi {{1}}", "mapping": {"1": "name"}}).json
    assert found["ready"] == 2_000
    assert [example["text"] for example in found["first"]["ready"]] == [
        f"Hi Person {n}" for n in range(1_999, 1_994, -1)
    ]


@pytest.mark.parametrize(
    ("call", "field", "code"),
    [
        ({"mapping": {}}, "body", "required"),
        ({"body": "Hi"}, "mapping", "required"),
        ({"body": 5, "mapping": {}}, "body", "invalid_type"),
        ({"body": "x" * 4_097, "mapping": {}}, "body", "too_long"),
        ({"body": "Hi {{2}}", "mapping": {"2": "name"}}, "body", "invalid_template"),
        ({"body": "Hi {{1}}", "mapping": {}}, "mapping", "invalid_template"),
        ({"body": "Hi", "mapping": {"1": "name"}}, "mapping", "invalid_template"),
        ({"body": "Hi {{1}}", "mapping": {"1": {}}}, "mapping", "invalid_template"),
        ({"body": "Hi {{1}}", "mapping": {"1": {"text": "x", "attribute": "y"}}}, "mapping", "invalid_template"),
        ({"body": "Hi {{1}}", "mapping": {"1": " "}}, "mapping", "invalid_template"),
        ({"body": "Hi {{1}}", "mapping": {"1": 5}}, "mapping.1", "invalid_type"),
        ({"body": "Hi {{1}}", "mapping": {"1": {"text": "x" * 1_025}}}, "mapping.1.text", "too_long"),
        ({"body": "Hi {{1}}", "mapping": {"1": {"colour": "x"}}}, "mapping.1.colour", "unknown_field"),
        ({"body": "Hi {{1}}", "mapping": {"1": {"text": "\0"}}}, "mapping.1.text", "invalid_text"),
        ({"body": "Hi {{1}}", "mapping": {str(n): "name" for n in range(101)}}, "mapping", "too_many"),
        ({"body": "Hi {{1}}", "mapping": []}, "mapping", "invalid_type"),
        ({"body": "Hi", "mapping": {}, "tags": "vip"}, "tags", "invalid_type"),
        ({"body": "Hi", "mapping": {}, "language": "en"}, "language", "unknown_field"),
    ],
)  # fmt: skip
def test_templates_that_cannot_be_checked(client, call, field, code):
    answer = client.post(CHECK, json=call)
    assert_envelope(answer, 400, "validation_failed")
    assert [(d["field"], d["code"]) for d in answer.json["error"]["details"]] == [(field, code)]


@pytest.mark.parametrize("key", ["body", "mapping", "tags"])
def test_nothing_of_a_check_is_stored_so_null_keeps_nothing(client, key):
    answer = client.post(CHECK, json={"body": "Hi", "mapping": {}, key: None})
    assert_envelope(answer, 400, "validation_failed")
    (detail,) = answer.json["error"]["details"]
    assert (detail["code"], detail["message"]) == ("invalid_type", f"{key}: must not be null; give it a value")


@pytest.mark.parametrize(
    ("body", "mapping", "message"),
    [
        ("Hi {{1}}", {}, "{{1}} is not in the mapping; add an attribute or a text for it"),
        ("Hi", {"1": "name"}, 'mapping "1": the body has no such placeholder; remove it'),
        (
            "Hi {{2}}",
            {"2": "name"},
            'body: character 4: "{{2}}" comes before {{1}}; number the placeholders 1, 2, 3, …',
        ),
    ],
)
def test_the_message_names_what_is_wrong_once(client, body, mapping, message):
    answer = client.post(CHECK, json={"body": body, "mapping": mapping})
    assert_envelope(answer, 400, "validation_failed")
    assert answer.json["error"]["message"] == message


def test_a_check_has_no_parameters(client):
    assert_envelope(client.post(f"{CHECK}?tag=vip", json={"body": "Hi", "mapping": {}}), 400, "validation_failed")


def test_everyone_signed_in_may_ask(client_of):
    call = {"body": "Hi", "mapping": {}}
    assert client_of("viewer").post(CHECK, json=call).status_code == 200
    assert_envelope(client_of().post(CHECK, json=call), 401, "session_required")
    answer = client_of("viewer").post(CHECK, json=call, headers={"Sec-Fetch-Site": "cross-site"})
    assert_envelope(answer, 403, "cross_site_request")


def test_contacts_of_others_do_not_count(client_of, add):
    add(*PEOPLE)
    assert client_of("stranger").post(CHECK, json={"body": "Hi", "mapping": {}}).json["ready"] == 0
