"""A reload (HUP) serves new code; importing a part of the package imports no more than that part."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.support.service import ROOT, Service, environment, free_port


def test_a_reload_serves_new_code(database_url, tmp_path):
    folder = tmp_path / "deployed"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "instance", "tests", "__pycache__"))
    service = Service(environment(database_url, PORT=str(free_port())), tmp_path / "log", folder=folder).wait()
    health = folder / "sendy_contacts" / "api" / "health.py"
    assert service.call("GET", "/healthz")[1] == {"status": "ok"}
    health.write_text(health.read_text().replace('{"status": "ok"}', '{"status": "new"}'))
    service.process.send_signal(signal.SIGHUP)
    for _ in range(100):
        if service.call("GET", "/healthz")[1] == {"status": "new"}:
            break
        time.sleep(0.1)
    else:
        raise AssertionError("The old code is still served.")
    service.stop()


@pytest.mark.parametrize(
    "module", ["server.worker", "messages.placeholders", "phones.parse", "spreadsheets.sheet", "validation.schemas"]
)
def test_a_part_of_the_package_is_imported_without_the_service(module):
    code = f"import sys, sendy_contacts.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"flask", "peewee", "psycopg", "sendy_contacts.app"} & set(done.stdout.split())
