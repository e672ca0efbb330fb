"""Fixtures: files of bytes, opened as sheets."""

from types import SimpleNamespace

import pytest

from sendy_contacts.spreadsheets.sheet import open_sheet


@pytest.fixture
def read(tmp_path):
    """A function: bytes, or a text to save as UTF-8, in a file whose name says nothing -> what the sheet holds."""

    def read(content, **options):
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with open_sheet(path, **options) as sheet:
            rows = list(sheet.rows())
            assert list(sheet.rows()) == rows  # again from the start
            return SimpleNamespace(
                kind=sheet.kind,
                encoding=sheet.encoding,
                delimiter=sheet.delimiter,
                name=sheet.name,
                other_sheets=sheet.other_sheets,
                rows=rows,
                cells=[cells for _, cells in rows],
                filled=[(line, cells) for line, cells in rows if cells],
            )

    return read
