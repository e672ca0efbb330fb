"""Files to read again and again, and private files that replace others only when they are whole."""

import os
import stat
from contextlib import suppress

import pytest

from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.files import Part, create_private, open_temporary, open_to_read, replace_private


def test_parts_are_read_by_several_at_once(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 30_000)
    with open_to_read(path) as file:
        part = Part(file, 5, 299_990)
        one, other = part.open(), part.open()
        assert (one.read(3), other.read(10), one.read(3)) == (b"567", b"5678901234", b"890")
        assert b"".join(part.chunks()) == (b"0123456789" * 30_000)[5:299_990]


def test_a_private_file_is_new(tmp_path):
    path = tmp_path / "file"
    with create_private(path) as stream:
        stream.write(b"x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_private(path)


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    with suppress(ZeroDivisionError), replace_private(path) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])
    with replace_private(path) as stream:
        stream.write(b"new")
        assert path.read_text() == "old"
    assert (path.read_text(), list(tmp_path.iterdir())) == ("new", [path])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("target", ["elsewhere", "missing"])
def test_no_link_is_followed_or_replaced(tmp_path, target):
    (tmp_path / "elsewhere").write_text("good")
    link = tmp_path / "file"
    link.symlink_to(tmp_path / target)
    with pytest.raises(OSError, match="link"), replace_private(link):
        pass
    assert link.is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "good"
    assert not (tmp_path / "missing").exists()


def test_a_device_or_a_folder_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="name a file"), replace_private(path):
            pass


def test_no_room_for_temporary_files_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(UnreadableFile, match="without a temporary file: No such file"), open_temporary():
        pass


def test_a_file_that_fails_while_it_is_read_is_told(tmp_path):
    with (tmp_path / "file").open("wb") as file, pytest.raises(UnreadableFile, match="cannot be read: Bad file"):
        next(Part(file, 0, 9).chunks())
