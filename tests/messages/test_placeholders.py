"""A template is checked once and completely; filling it gives what WhatsApp accepts, or says what is missing."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendy_contacts.messages.placeholders import Filled, Template, TemplateError

JANE = {
    "id": "con_01JD3Z6V9T7Q8M2K5R4X1W0YBC",
    "name": "Jane Doe",
    "phone": "+254712123456",
    "country": "KE",
    "attributes": {"rent_amount": "25000", "name": "not Jane", "floor": 3, "blank": " \n", "code": "{{1}} {{2}}"},
    "tags": ["tenant"],
    "optedIn": True,
}


def fill_one(value):
    """Return what `{{1}}` becomes for an attribute of that value."""
    return Template("{{1}}", {"1": "key"}).fill({**JANE, "attributes": {"key": value}}).text


@pytest.mark.parametrize(
    ("body", "mapping", "params", "text"),
    [
        ("Hello", {}, [], "Hello"),
        ("", {}, [], ""),
        ("{{1}}", {"1": "name"}, ["Jane Doe"], "Jane Doe"),
        ("Hi {{1}}, pay {{2}}.", {"1": "name", "2": "rent_amount"}, ["Jane Doe", "25000"], "Hi Jane Doe, pay 25000."),
        ("{{1}}{{2}}", {"1": "country", "2": "phone"}, ["KE", "+254712123456"], "KE+254712123456"),
        ("{{1}} {{2}} {{1}}", {"1": "floor", "2": "country"}, ["3", "KE"], "3 KE 3"),
        (
            "Code {{1}}: {{2}}",
            {"1": {"text": "20%  OFF"}, "2": "name"},
            ["20% OFF", "Jane Doe"],
            "Code 20% OFF: Jane Doe",
        ),
        ("{{1}}", {"1": {"attribute": "name"}}, ["Jane Doe"], "Jane Doe"),
        ("{{1}}", {"1": {"attribute": "name", "fallback": "you"}}, ["Jane Doe"], "Jane Doe"),
        ("{{1}} {{2}}", {"1": "code", "2": "country"}, ["{{1}} {{2}}", "KE"], "{{1}} {{2}} KE"),
        ("{{1}} {{2}}", {"1": {"text": "{{2}}"}, "2": "country"}, ["{{2}}", "KE"], "{{2}} KE"),
        ("{a} } { {{1}}\n\n{", {"1": "country"}, ["KE"], "{a} } { KE\n\n{"),
        (r"\1 \g<0> {{1}} %s", {"1": "country"}, ["KE"], r"\1 \g<0> KE %s"),
        (
            "".join(f"{{{{{n}}}}}" for n in range(1, 13)),
            {str(n): {"text": f"<{n}>"} for n in range(1, 13)},
            [f"<{n}>" for n in range(1, 13)],
            "<1><2><3><4><5><6><7><8><9><10><11><12>",
        ),
    ],
)
def test_placeholders_are_filled_in_order(body, mapping, params, text):
    assert Template(body, mapping).fill(JANE) == Filled(params, text, [], [])


def test_one_template_fills_many_contacts():
    template = Template("Hi {{1}}", {"1": "name"})
    assert [template.fill({"name": name}).text for name in ("Jane", None, "John")] == ["Hi Jane", None, "Hi John"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("25000", "25000"),
        ("  Rose \t Villas\r\nBlock\u00a0B\u2028 ", "Rose Villas Block B"),
        (25000, "25000"),
        (0, "0"),
        (-5, "-5"),
        (25000.0, "25000"),
        (0.5, "0.5"),
        (-0.0, "0"),
        (1234.5678, "1234.5678"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        pytest.param(10**5000, "1" + "0" * 5000, id="huge"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_values_are_written_as_people_do_and_on_one_line(value, text):
    assert fill_one(value) == text


@pytest.mark.parametrize(
    "value", ["", " ", "\n\t", "\u200b", "\u00a0\ufeff \x00", None, math.nan, math.inf, [], ["x"], {"a": "b"}, b"x"]
)
def test_a_value_that_shows_nothing_is_missing(value):
    assert fill_one(value) is None


@pytest.mark.parametrize(
    ("mapping", "missing", "fallbacks"),
    [
        ({"1": "nickname", "2": "blank", "3": "name"}, [1, 2], []),
        ({"1": "name", "2": "country", "3": {"attribute": "nickname"}}, [3], []),
        ({"1": {"attribute": "nickname", "fallback": "you"}, "2": "blank", "3": {"text": "x"}}, [2], [1]),
    ],
)
def test_without_a_value_nothing_is_filled(mapping, missing, fallbacks):
    filled = Template("{{1}} {{2}} {{3}}", mapping).fill(JANE)
    assert filled == Filled(None, None, missing, fallbacks)


@pytest.mark.parametrize("contact", [{}, {"name": None}, {"attributes": None}, {"attributes": {"name": "Jane"}}])
def test_own_fields_are_never_read_from_the_attributes(contact):
    assert Template("{{1}}", {"1": "name"}).fill(contact).missing == [1]


def test_fallbacks_step_in_for_blank_and_absent_values():
    mapping = {
        "1": {"attribute": "blank", "fallback": " your\n rent "},
        "2": {"attribute": "rent_amount", "fallback": "unused"},
        "3": {"attribute": "nickname", "fallback": "you"},
    }
    filled = Template("{{1}}, {{2}}, {{3}}", mapping).fill(JANE)
    assert filled == Filled(["your rent", "25000", "you"], "your rent, 25000, you", [], [1, 3])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Hi {{name}}", 'character 4: "{{name}}" is not a placeholder'),
        ("{{0}}", 'character 1: "{{0}}" is not a placeholder'),
        ("{{01}}", 'character 1: "{{01}}" is not a placeholder'),
        ("{{ 1 }}", 'character 1: "{{ 1 }}" is not a placeholder'),
        ("{{1}} {{}}", 'character 7: "{{}}" is not a placeholder'),
        ("{{-1}}", 'character 1: "{{-1}}" is not a placeholder'),
        ("{{١}}", 'character 1: "{{١}}" is not a placeholder'),
        ("{{1\n}}", r'character 1: "{{1\n}}" is not a placeholder'),
        ("Hi {{1", "character 4: {{ isn't part of a placeholder"),
        ("Hi {{1}", "character 4: {{ isn't part of a placeholder"),
        ("Hi {{ and {{1}}", "character 4: {{ isn't part of a placeholder"),
        ("{{{1}}}", "character 1: {{ isn't part of a placeholder"),
        ("{{{1}}", "character 1: {{ isn't part of a placeholder"),
        ("{{1}}}", "character 1: {{ isn't part of a placeholder"),
        ("{{1}} }}", "character 7: }} isn't part of a placeholder"),
        ("a}} {{1}}", "character 2: }} isn't part of a placeholder"),
        ("Hi {{2}}", 'character 4: "{{2}}" comes before {{1}}'),
        ("{{1}} {{3}}", 'character 7: "{{3}}" comes before {{2}}'),
        ("{{2}} {{1}}", 'character 1: "{{2}}" comes before {{1}}'),
        ("{{1}} {{1}} {{3}} {{2}}", 'character 13: "{{3}}" comes before {{2}}'),
        pytest.param("{{" + "9" * 5000 + "}}", 'character 1: "{{999', id="huge"),
        (None, "the body must be a string"),
        (b"{{1}}", "the body must be a string"),
    ],
)
def test_a_wrong_body_is_refused_with_its_place(body, message):
    with pytest.raises(TemplateError, match=f"^{re.escape(message)}") as refused:
        Template(body, {"1": "name"})
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({}, "{{1}} is not in the mapping"),
        ({"1": "name"}, "{{2}} is not in the mapping"),
        ({"1": "name", "2": "a", "3": "b"}, 'mapping "3": the body has no such placeholder'),
        ({"1": "name", "2": "a", "name": "b"}, 'mapping "name": the body has no such placeholder'),
        ({1: "name", "2": "a"}, 'mapping "1": the body has no such placeholder'),
        ({"1": "name", " 2": "a"}, 'mapping " 2": the body has no such placeholder'),
        ({"1": "name", "2": ""}, 'mapping "2": attribute must be a string that is not blank'),
        ({"1": "name", "2": None}, 'mapping "2": must be an attribute'),
        ({"1": "name", "2": 5}, 'mapping "2": must be an attribute'),
        ({"1": "name", "2": ["a"]}, 'mapping "2": must be an attribute'),
        ({"1": "name", "2": {}}, 'mapping "2": must be an attribute'),
        ({"1": {"fallback": "x"}, "2": "a"}, 'mapping "1": must be an attribute'),
        ({"1": {"text": "x", "attribute": "a"}, "2": "a"}, 'mapping "1": must be an attribute'),
        ({"1": {"text": "x", "fallback": "a"}, "2": "a"}, 'mapping "1": must be an attribute'),
        ({"1": {"attribute": "a", "default": "x"}, "2": "a"}, 'mapping "1": must be an attribute'),
        ({"1": {"attribute": 5}, "2": "a"}, 'mapping "1": attribute must be a string'),
        ({"1": {"attribute": " "}, "2": "a"}, 'mapping "1": attribute must be a string'),
        ({"1": {"attribute": "a", "fallback": None}, "2": "a"}, 'mapping "1": fallback must be a string'),
        ({"1": {"attribute": "a", "fallback": " \n"}, "2": "a"}, 'mapping "1": fallback must be a string'),
        ({"1": {"text": 20}, "2": "a"}, 'mapping "1": text must be a string'),
        ({"1": {"text": "\u200b"}, "2": "a"}, 'mapping "1": text must be a string'),
        (None, "the mapping must be an object"),
        (["name", "rent"], "the mapping must be an object"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_key(mapping, message):
    with pytest.raises(TemplateError, match=f"^{re.escape(message)}"):
        Template("{{1}} {{2}}", mapping)


def test_a_mapping_without_a_placeholder_to_stand_for_is_refused():
    with pytest.raises(TemplateError, match='mapping "1": the body has no such placeholder'):
        Template("Hello", {"1": "name"})


words = st.text(st.characters(), max_size=12) | st.text(" \n\t{}12ab\u00a0\u200b", max_size=12)
values = st.none() | st.booleans() | st.integers() | st.floats() | words | st.lists(words, max_size=1)
visible = st.builds("{}x{}".format, words, words)
keys = st.sampled_from(["name", "phone", "country", "a", "b", "c"])
contacts = st.fixed_dictionaries(
    {}, optional={"name": values, "phone": values, "country": values, "attributes": st.dictionaries(keys, values)}
)
sources = st.one_of(
    keys,
    st.fixed_dictionaries({"attribute": keys}),
    st.fixed_dictionaries({"attribute": keys, "fallback": visible}),
    st.fixed_dictionaries({"text": visible}),
)


@settings(max_examples=500, deadline=None)
@given(
    st.text("{}123 a\n", max_size=20) | words | values, st.dictionaries(words, sources | values) | values, contacts
)
def test_anything_is_a_template_or_refused(body, mapping, contact):
    try:
        template = Template(body, mapping)
    except TemplateError as refusal:
        message = str(refusal)
    else:
        message = ""
        assert isinstance(template.fill(contact), Filled)
    assert "\n" not in message
    message.encode()


@st.composite
def templates(draw):
    """The body of a template with 0 to 5 placeholders, some of them twice, and a mapping that fits."""
    count = draw(st.integers(0, 5))
    again = draw(st.lists(st.integers(1, count), max_size=3)) if count else []
    literal = st.text("ab \n.,\\", max_size=5)
    body = "".join(draw(literal) + f"{{{{{number}}}}}" for number in [*range(1, count + 1), *again])
    return body + draw(literal), {str(number): draw(sources) for number in range(1, count + 1)}


@settings(max_examples=1_000, deadline=None)
@given(templates(), contacts)
def test_parameters_are_valid_for_whatsapp(template, contact):
    body, mapping = template
    params, text, missing, fallbacks = Template(body, mapping).fill(contact)
    assert set(missing).isdisjoint(fallbacks)
    assert set(map(str, missing + fallbacks)) <= set(mapping)
    assert (params is None) == (text is None) == bool(missing)
    if params is None:
        return
    assert len(params) == len(mapping)
    for param in params:
        assert param.strip()
        assert not re.search(r"[\n\r\t\v\f\u2028\u2029]| {5}", param)
    assert text == re.sub(r"\{\{([1-5])\}\}", lambda match: params[int(match[1]) - 1], body)
