"""The package installs from a wheel, and other services use its parts."""

import subprocess
import sys

import pytest

from tests.support.checkout import clean_environment, copy_checkout

USE = """
from sendy_contacts.messages.placeholders import Template
from sendy_contacts.phones.parse import parse_phone

filled = Template("Hi {{1}}", {"1": "name"}).fill({"name": "Jane"})
print(filled.text, parse_phone("0712 345 678", "KE").e164)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of a new environment that has the wheel with all it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    (checkout := folder / "checkout").mkdir()
    copy_checkout(checkout)
    env = clean_environment()
    run = {"check": True, "env": env, "capture_output": True, "timeout": 400}
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], **run)
    pip = [folder / "env/bin/pip", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, checkout], **run)
    (wheel,) = folder.glob("sendy_contacts-*.whl")
    subprocess.run([*pip, "install", wheel], **run)
    return folder


def test_other_services_use_its_parts(installed):
    done = subprocess.run([installed / "env/bin/python", "-c", USE], cwd=installed, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("Hi Jane +254712345678\n", "")


def test_it_serves_from_the_folder_it_is_started_in(installed, tmp_path):
    env = clean_environment() | {"SECRET_KEY": "a secret key for tests"}
    flask = [installed / "env/bin/flask", "--app", "sendy_contacts:create_app"]
    done = subprocess.run([*flask, "db", "upgrade"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "applied 0001_initial"
    assert (tmp_path / "instance" / "contacts.db").exists()
