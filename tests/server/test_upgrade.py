"""The next release takes over while this one serves: both work on the migrated schema, and no request fails."""

import shutil
import subprocess
import threading

from tests.support.service import ROOT, Service, environment, flask, free_port

CONTACTS = "/internal/contacts"

MIGRATION = '''"""What a next release may do while this one serves: add a column that may be null, and an index."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE contact ADD COLUMN note TEXT NULL")
    db.execute_sql("CREATE INDEX contact_note ON contact (note)")


def down(migrator, db):
    db.execute_sql("DROP INDEX contact_note")
    db.execute_sql("ALTER TABLE contact DROP COLUMN note")
'''


def copy_with_a_migration(folder):
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "instance", "tests", "__pycache__"))
    (folder / "sendy_contacts" / "database" / "migrations" / "9999_next.py").write_text(MIGRATION)
    return folder


def test_the_next_release_takes_over(database_url, tmp_path):
    env = environment(database_url, WEB_CONCURRENCY="2")
    session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
    this = Service(env | {"PORT": str(free_port())}, tmp_path / "this.log").wait()
    following = copy_with_a_migration(tmp_path / "next")
    serving, answers, stop = [this], [], threading.Event()

    def work():
        turn = 0
        while not stop.is_set():
            turn += 1
            for service in list(serving):
                row = {"phone": "+254700000001", "attributes": {"turn": turn}}
                answers.append(service.call("POST", CONTACTS, row, **session)[0])
                answers.append(service.call("GET", CONTACTS, **session)[0])

    caller = threading.Thread(target=work, daemon=True)
    caller.start()
    upgraded = subprocess.run(["flask", "db", "upgrade"], cwd=following, env=env, capture_output=True, text=True)
    assert upgraded.stdout == "applied 9999_next\n", upgraded.stderr
    assert this.call("GET", "/readyz")[0] == 200
    after = Service(env | {"PORT": str(free_port())}, tmp_path / "next.log", folder=following).wait()
    serving.append(after)
    count = len(answers)
    while len(answers) < count + 40 and caller.is_alive():
        stop.wait(0.05)
    serving.remove(this)
    while len(answers) < count + 60 and caller.is_alive():
        stop.wait(0.05)
    stop.set()
    caller.join()
    this.stop()
    after.stop()
    assert set(answers) == {200, 201}
    assert answers.count(201) == 1
