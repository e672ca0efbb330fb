"""The shape of the code: who imports whom, and how long a module or a handler may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.service import ROOT

MODULES = sorted((ROOT / "sendy_contacts").rglob("*.py"))


def test_the_layers_are_kept():
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--config", "setup.cfg", "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_are_short_and_have_a_docstring(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 250
    assert ast.get_docstring(ast.parse(source))


HANDLERS = sorted((ROOT / "sendy_contacts" / "api").glob("[!_]*.py"))


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.name)
def test_handlers_are_short(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            statements = node.body[1:] if ast.get_docstring(node) else node.body
            assert statements[-1].end_lineno - statements[0].lineno + 1 <= 10, node.name
