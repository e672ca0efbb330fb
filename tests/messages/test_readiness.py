"""flask contacts preview: what a template would say, and who is ready for it."""

import pytest


@pytest.fixture
def preview(app, add):
    """A function: options -> the output of the command over five contacts."""
    add(
        {"phone": "+254700000001", "name": "Ann", "attributes": {"rent_amount": "25000"}},
        {"phone": "+254700000002", "name": "Ben", "attributes": {"rent_amount": "  "}},
        {"phone": "+254700000003", "attributes": {"rent_amount": 18500}},
        {"phone": "+254700000004"},
        {"phone": "+254700000005", "name": "Out", "optedIn": False},
    )

    def run(*options):
        args = ["contacts", "preview", "--workspace", "Acme", *options]
        return app.test_cli_runner().invoke(args=args)

    return run


def test_ready_and_lacking(preview):
    result = preview("--body", "Hi {{1}}, your rent is {{2}}", "--map", "1=name", "--map", "2=rent_amount")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "+254700000004: has no value for {{1}}, {{2}}",
        "+254700000003: has no value for {{1}}",
        "+254700000002: has no value for {{2}}",
        "+254700000001: Hi Ann, your rent is 25000",
        "1 ready, 0 use a fallback, 3 lack a value",
        "  2 lack {{1}}",
        "  2 lack {{2}}",
    ]


def test_fallbacks_and_fixed_texts(preview):
    result = preview(
        "--body", "{{1}}: {{2}}", "--map", "1=rent_amount", "--fallback", "1=your rent", "--text", "2=20% OFF"
    )
    assert result.output.splitlines()[-1] == "2 ready, 2 use a fallback, 0 lack a value"
    assert "+254700000003: 18500: 20% OFF" in result.output
    assert "+254700000002: your rent: 20% OFF" in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--body", "Hi {{2}}", "--map", "2=name"), "{{2}}"),
        (("--body", "Hi {{1}}"), "{{1}}"),
        (("--body", "Hi", "--map", "1=name"), "1"),
        (("--body", "Hi {{1}}", "--map", "name"), "1=name"),
    ],
)
def test_a_template_that_cannot_be_used(preview, options, said):
    result = preview(*options)
    assert result.exit_code == 2
    assert said in result.output
