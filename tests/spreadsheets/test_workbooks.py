"""Workbooks as spreadsheets and other programs write them."""

import datetime
import io
import random
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.formulas import Literal, unescape_formula
from sendy_contacts.spreadsheets.sheet import open_sheet
from sendy_contacts.spreadsheets.workbooks import reader
from sendy_contacts.spreadsheets.workbooks.export import SheetTooLarge, write_xlsx
from tests.spreadsheets.samples import XLS, XLS_OF_LIBREOFFICE, pack_ods, pack_sheet_xml, pack_xlsx, pack_zip

VALUES = [
    (250788382382.0, None, "250788382382"),
    (1e22, None, "10000000000000000000000"),
    (12, None, "12"),
    (-0.5, None, "-0.5"),
    (1 / 3, None, "0.333333333333333"),
    ("\xa0+254 7 ", None, "+254 7"),
    ("two\nlines", None, "two\nlines"),
    ("007", None, "007"),
    ("_x0041_ <&>", None, "A <&>"),
    (True, None, "TRUE"),
    (False, None, "FALSE"),
    (datetime.date(2026, 12, 5), None, "2026-12-05"),
    (datetime.datetime(2026, 12, 5), None, "2026-12-05"),
    (datetime.datetime(2026, 12, 5, 9, 5), None, "2026-12-05 09:05"),
    (datetime.datetime(2026, 12, 5, 9, 5, 7), None, "2026-12-05 09:05:07"),
    (datetime.time(9, 5), None, "09:05"),
    (datetime.timedelta(hours=30), None, "30:00:00"),
    (0.2, "0%", "20%"),
    (12, "0000", "0012"),
    (712345678, '"+254"000000000', "+254712345678"),
    (25000, "#,##0.00", "25000"),
    ("#N/A", None, "#N/A"),
    ("#DIV/0!", None, "#DIV/0!"),
    ("=1+1", None, "#CALC!"),  # never computed
]


def test_values_of_a_workbook(read):
    cells = {f"A{n}": (value, code) for n, (value, code, _) in enumerate(VALUES, 1)}
    sheet = read(pack_xlsx(cells))
    assert sheet.rows == [(n, [shown]) for n, (*_, shown) in enumerate(VALUES, 1)]
    assert (sheet.kind, sheet.encoding, sheet.delimiter, sheet.name) == ("XLSX", None, None, "Sheet 0")


def test_values_that_no_library_writes(read):
    styles = '<numFmts><numFmt numFmtId="200" formatCode="00000"/></numFmts>'
    styles += (
        '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
    )
    strings = "<si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>reading</t></rPh></si><si/>"
    rows = """
      <row><c><v>1</v></c><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>99</v></c><c><v>5</v></c></row>
      <row r="4"><c r="B4" s="1"><v>42</v></c><c r="AA4" t="str"><f>x</f><v>a_x000D_b</v></c></row>
      <row r="5"><c t="inlineStr"><is><t>in</t><t>line</t></is><v>9</v></c><c t="b"><v>1</v></c>
        <c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="d"><v>2026-12-05T14:30:00</v></c><c s="99"><v>7</v></c></row>
      <row r="6"><c t="str"><f>""</f><v></v></c><c><f>SUM(1)</f></c></row>
      <row r="9" spans="1:3"><c s="1"/><c><v/></c></row>
    """
    sheet = read(pack_sheet_xml(rows, strings, styles))
    assert sheet.rows == [
        (1, ["1", "rich", "", "", "5"]),
        (2, []),
        (3, []),
        (4, ["", "00042", *[""] * 24, "a\rb"]),
        (5, ["inline", "TRUE", "#DIV/0!", "2026-12-05 14:30", "7"]),
        (6, ["", "#CALC!"]),
    ]


def test_prefixes_and_paths_of_other_programs(read):
    whole = pack_sheet_xml("<row><c><v>1</v></c></row>")
    parts = {}
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for name in archive.namelist():
            xml = archive.read(name).decode()
            if "worksheets/sheet" in name:
                xml = xml.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
                xml = xml.replace("<x:worksheet>", '<x:worksheet xmlns:x="urn:x">')
            parts[name.replace("xl/worksheets/", "xl\\Worksheets\\")] = xml.replace('"work', '"/xl/work')
    assert read(pack_zip(**parts)).cells == [["1"]]


def test_the_first_filled_sheet_that_is_shown(read):
    hidden = {"A1": "hidden", "state": "hidden"}
    filled = {"B3": "phone", "C3": "name", "B6": "+1", "C7": "Jo", "D7": "beyond"}
    sheet = read(pack_xlsx(hidden, {"A1": "\xa0"}, filled, {"A1": "later"}, {"A9": "last"}, dict(hidden), {}))
    assert (sheet.name, sheet.other_sheets) == ("Sheet 2", ("Sheet 3", "Sheet 4"))
    assert sheet.filled == [(3, ["", "phone", "name"]), (6, ["", "+1"]), (7, ["", "", "Jo", "beyond"])]
    assert sheet.rows[:2] == [(1, []), (2, [])]
    assert read(pack_xlsx({}, hidden | {"A1": "hidden"})).cells == [["hidden"]]


def test_xls(read):
    sheet = read(XLS)
    assert sheet.kind == "XLS"
    assert sheet.filled == [(2, ["phone", "name", "since"]), (4, ["254700000000", "Zoë", "2024-01-31"])]


LIBREOFFICE = {
    "int": "254712345678", "zeros": "0012", "pct": "20%", "pct2": "12.5%", "date": "2026-12-05",
    "moment": "2026-12-05 14:30", "moment s": "2026-12-05 14:30:09", "dur": "30:00:00", "time": "09:05",
    "true": "TRUE", "div": "#DIV/0!", "na": "#N/A", "ref": "#REF!", "name": "#NAME?", "val": "#VALUE!",
    "num": "#VALUE!",
    "sum": "3", "str": "ab", "empty": "", "prefix": "+254712345678", "thousands": "25000", "money": "1200.5",
    "big": "10000000000000000000000", "small": "0.00000015", "third": "0.333333333333333", "neg": "-5", "text": "007",
    "lines": "a\nb", "space": "x  y", "one err": "#N/A", "plus": "+254 712", "lead0": "0712345678",
}  # fmt: skip


def test_errors_and_formats_of_xls(read):
    sheet = read(XLS_OF_LIBREOFFICE)
    assert (sheet.name, sheet.other_sheets) == ("List", ("Other",))
    found = {cells[1]: cells[2] if len(cells) > 2 else "" for _, cells in sheet.filled}
    assert {name: found[name] for name in LIBREOFFICE} == LIBREOFFICE


def test_an_error_that_no_formula_made(read):
    number = XLS_OF_LIBREOFFICE.index(b"\x7e\x02\x0a\0")  # the record of an integer, 12, made one of #N/A
    failed = bytearray(XLS_OF_LIBREOFFICE)
    failed[number : number + 2] = b"\x05\x02"
    failed[number + 10 : number + 12] = b"\x2a\1"
    assert [cells for _, cells in read(bytes(failed)).filled if "zeros" in cells] == [["", "zeros", "#N/A"]]


ODS_VALUES = [
    ('office:value-type="float" office:value="254700000000"', "254700000000", "254700000000"),
    ('office:value-type="float" office:value="254700000000"', "2.547E+11", "254700000000"),
    ('office:value-type="float" office:value="12"', "0012", "0012"),
    ('office:value-type="float" office:value="712345678"', "+254 712345678", "+254 712345678"),
    ('office:value-type="float" office:value="18"', "18.00", "18"),
    ('office:value-type="float" office:value="25000"', "25,000", "25000"),
    ('office:value-type="float" office:value="1"', "TRUE", "TRUE"),
    ('office:value-type="currency" office:value="1200.5"', "KES 1,200.50", "1200.5"),
    ('office:value-type="percentage" office:value="0.125"', "13%", "12.5%"),
    ('office:value-type="boolean" office:boolean-value="true"', "WAHR", "TRUE"),
    ('office:value-type="date" office:date-value="2026-12-05"', "05.12.26", "2026-12-05"),
    ('office:value-type="date" office:date-value="2026-12-05T14:30:00"', "05.12.26 14:30", "2026-12-05 14:30"),
    ('office:value-type="time" office:time-value="PT30H00M00S"', "30:00:00", "30:00:00"),
    ('office:value-type="time" office:time-value="PT09H05M00S"', "09:05", "09:05"),
    ('office:value-type="string" office:string-value="" calcext:value-type="error"', "#N/A", "#N/A"),
    ('office:value-type="float" office:value="0"', "#DIV/0!", "#DIV/0!"),
    ('office:value-type="string" calcext:value-type="error"', "Err:502", "#VALUE!"),
    ('office:value-type="string"', "a<text:s text:c=\"2\"/>b</text:p><text:p>c<text:tab/>d", "a  b\nc\td"),
    ('office:value-type="string" office:string-value="x"', "", "x"),
]  # fmt: skip


def test_values_of_ods(read):
    rows = "".join(
        f"<table:table-row><table:table-cell {attributes}>"
        f"<office:annotation><text:p>note</text:p></office:annotation><text:p>{text}</text:p></table:table-cell></table:table-row>"
        for attributes, text, _ in ODS_VALUES
    )
    sheet = read(pack_ods(rows))
    assert (sheet.kind, sheet.name) == ("ODS", "Sheet 0")
    assert sheet.rows == [(n, [shown]) for n, (*_, shown) in enumerate(ODS_VALUES, 1)]


def test_what_repeats_in_ods(read):
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    rows = f"""
      <table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
      <table:table-row table:number-rows-repeated="2">{cell.format(' table:number-columns-repeated="2"', "é")}
        <table:table-cell table:number-columns-repeated="3"/>{cell.format("", "x")}
        <table:table-cell table:number-columns-repeated="16000"/></table:table-row>
      <table:table-row table:number-rows-repeated="1048572"><table:table-cell/></table:table-row>
    """
    style = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    hidden = ('table:style-name="h"', f"<table:table-row>{cell.format('', 'hidden')}</table:table-row>")
    sheet = read(pack_ods(hidden, rows, styles=style))
    assert sheet.filled == [(3, ["é", "é", "", "", "", "x"]), (4, ["é", "é", "", "", "", "x"])]
    assert sheet.rows[:2] == [(1, []), (2, [])]


def test_sheets_of_ods_that_seem_filled(read):
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    blank = (
        f'<table:table-row><table:table-cell office:value-type="string">{note}</table:table-cell></table:table-row>'
    )
    bare = '<table:table-row><table:table-cell office:value-type="float" office:value="7"/></table:table-row>'
    sheet = read(pack_ods(blank, "<table:table-row/>", bare, bare))
    assert (sheet.name, sheet.other_sheets, sheet.cells) == ("Sheet 2", ("Sheet 3",), [["7"]])


def bomb_of_strings():
    """One long string in very many cells: 9 KB that become 6 GB."""
    row = '<c t="s"><v>0</v></c>'.join(["<row>", *[""] * 9, "</row>"])
    return pack_sheet_xml(row * 1440, f"<si><t>{'x' * 410_000}</t></si>")


def bomb_of_rows():
    return pack_ods(
        '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04 and so on", "not a workbook"),
        (pack_zip(**{"readme.txt": "no workbook"}), "an archive, not a workbook"),
        (pack_zip(**{"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}), "a Word document"),
        (pack_zip(**{"Index/Document.iwa": "x"}), "an Apple Numbers document"),
        (pack_xlsx({"A1": "phone"})[:-400], "not a workbook"),
        (pack_xlsx({}), "empty"),
        (pack_xlsx({"A1": "phone", "XFD1": "x"}), "16,384 columns in line 1"),
        (pack_sheet_xml("<row><c><v>1</v></c>"), "not a workbook"),
        (pack_sheet_xml('<row><c><v>1</v></c></row><!-- -->' + " " * 3_000_000), "unfolds to more than"),
        (bomb_of_strings(), "unfolds to more than"),
        (bomb_of_rows(), "unfolds to more than"),
        (pack_ods("<table:table-row/>", manifest="<manifest:encryption-data/>"), "not a workbook|password"),
        (pack_zip(**{"[Content_Types].xml": '<!DOCTYPE x [<!ENTITY a "b">]><Types/>',
                     "_rels/.rels": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "DOCTYPE"),
        (XLS[:5000], "not a workbook"),
        (XLS[:5532], "not a workbook"),
        (XLS[:600], "not a workbook|damaged|another program"),
        (XLS.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")), "document of another program"),
        (XLS.replace("Workbook".encode("utf-16-le"), "Encrypte".encode("utf-16-le")), "another program"),
    ],
)  # fmt: skip
def test_files_that_are_no_workbooks_or_too_much(read, content, message):
    with pytest.raises(UnreadableFile, match=message):
        read(content)


def test_a_cell_far_down_takes_no_room(read):
    sheet = read(pack_xlsx({"A1": "phone", "CV1048576": "x"}))
    assert sheet.filled == [(1, ["phone"]), (1_048_576, [*[""] * 99, "x"])]


def test_a_protected_workbook(read):
    # The name of the one stream of a protected XLSX, in the place of another of the same length of sectors.
    name = "EncryptedPackage".encode("utf-16-le")
    entry = XLS.index("Workbook".encode("utf-16-le"))
    protected = bytearray(XLS)
    protected[entry : entry + len(name)] = name
    protected[entry + 64] = len(name) + 2
    with pytest.raises(UnreadableFile, match="protected by a password"):
        read(bytes(protected))


@pytest.mark.parametrize(
    "whole", [XLS, XLS_OF_LIBREOFFICE, pack_xlsx({"A1": "phone", "A2": 5})], ids=["xls", "xls2", "xlsx"]
)
def test_damaged_workbooks_are_read_or_refused(read, whole):
    dice, reasons = random.Random(7), []  # noqa: S311
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(8, len(damaged))] = dice.randrange(256)
        try:
            read(bytes(damaged))
        except UnreadableFile as error:
            reasons.append(str(error))
    assert reasons
    assert all(map(str.isprintable, reasons))


def test_a_workbook_that_takes_too_long_is_refused(read, monkeypatch):
    monkeypatch.setattr(reader, "MAX_SECONDS", 0.01)
    with pytest.raises(UnreadableFile, match="too large"):
        read(pack_xlsx({"A1": "phone"}))


def test_the_process_that_reads_sees_no_secrets(read, monkeypatch):
    seen = {}
    run = reader.subprocess.run
    monkeypatch.setattr(
        reader.subprocess, "run", lambda *args, **options: seen.update(options) or run(*args, **options)
    )
    monkeypatch.setenv("SECRET_KEY", "not for others")
    read(pack_xlsx({"A1": "phone"}))
    assert set(seen["env"]) == {"PYTHONPATH"}


def test_rows_are_read_again_while_others_read(tmp_path):
    book = openpyxl.Workbook()
    for n in range(5):
        book.active.append([n, f"name {n}"])
    book.save(tmp_path / "book.xlsx")
    with open_sheet(tmp_path / "book.xlsx") as sheet:
        one, other = sheet.rows(), sheet.rows()
        pairs = [(next(one), next(other)) for _ in range(5)]
        assert all(a == b for a, b in pairs)


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    "=+'\"\r\n\t_x0041\0\x1f\ufffe", max_size=9
)


@settings(max_examples=30, deadline=None)  # each starts a process
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=9))
def test_any_cells_are_written_to_a_workbook_and_read_back(tmp_path_factory, table):
    path = tmp_path_factory.getbasetemp() / "written.xlsx"
    with path.open("wb") as stream:
        write_xlsx(stream, table)
    with open_sheet(path) as sheet:
        assert [list(map(unescape_formula, cells)) for _, cells in sheet.rows()] == table


def test_a_workbook_of_literal_and_blank_cells(tmp_path):
    path = tmp_path / "written.xlsx"
    with path.open("wb") as stream:
        write_xlsx(stream, [[Literal("+254"), Literal(""), "+254"], [Literal("")], ["0012"]])
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.rows]
    assert rows == [["+254", None, "'+254"], [None, None, None], ["0012", None, None]]


@pytest.mark.parametrize("row", [["x"] * 16_385, ["x" * 32_768]], ids=["columns", "characters"])
def test_what_no_sheet_holds_is_refused(tmp_path, row):
    with (tmp_path / "written.xlsx").open("wb") as stream, pytest.raises(SheetTooLarge, match="CSV"):
        write_xlsx(stream, [row])
