"""Files of rows, as people and their programs write them."""

import base64
import csv
import datetime
import io
import random
import sys
import zipfile
import zlib

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.csv_files import DELIMITERS, open_csv, write_csv
from sendy_contacts.spreadsheets.formulas import Literal, escape_formula, unescape_formula
from sendy_contacts.spreadsheets.sheet import UnreadableFile, read_sheet

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
# Quotes, delimiters and white space where they hurt, more often than chance puts them there.
CELL = TEXT | st.text("'\"=+-@,;|:\t\r\n \xa0\x1f\u2028\ufeffaä", max_size=8)

# Row 2 phone, name, since; row 4 a number, Zoë, the last of January 2024. Written by xlwt 1.3.
XLS = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE0EU/mY3aX5o81NToRVKKLRqbA/ixUu7WtCeWqoXpQiaNgFLTVJSL/Wg0ZqjIHhSvBRqwUvViz/oQcGDglDRgyAIiR57"
        "EhR6aLO+97KraURoQAuV+ZZ58+abeTNv5+ftz9vlaGn+QUcZdRiAiYodQFMNpygF3EIEVG/brLq5n5Ktsa0Q8NNCNnnxtOWNj9eQ"
        "17sMA/c9L0gCnymdwjRGctl0fAsxKD4kFfvQT1LhNjEhtItXrSInRO4QeU9aPhN5SJhrIvupbUmNYdkaSRx0dvFJo0vqQuB+H4nN"
        "R2H2ow2veBdfuq6qbb04nJ9MnttmFZ2eZiyAFnQonU3nuRzGHQSBWUJfJtOXSpUQo8VewHc7DnxzT/XzuOa3llcgfnUj7/sD76dF"
        "rOdvGB6gAPuMHJIiBeiAp7oXZtbQDdY5eYHps3SGSc8mM2kqzkxmJ9ImMJZbCXJgl0AQ2RAIWuSANJNMISx6VI5JhDxZu/v13fD4"
        "qHVamIIE/+ojops9go3LbEHGIWHFKXqoAAmx2CfyivS6S/QOkTFylfKe0TZHOTonba5KbQ+Nc0Dw3tpdo+8hvbhy7HFn8Yu1l/Sl"
        "ofKF2NIHax5dNCMpsudrDr2qV926yXhiublywsknke2/hRa/EZE7MGE7z8Ew1ukwMRcVolri2VE/S4YzV2xt1lmbNCemY114vbg4"
        "PMg2pvTA/EWDSwb5lXhpYMBoxUPuigLbLwShoaGhoaGhoaGh0TD4hdVwXsyd7wR59fc5/3XWKVX0b5L/FseRo+s8fVQeQZbyPGYb"
        "2j874VVuX2qTNu7/QsYJGj2PKYyLH1MN71/6dFO197Npw8jfO0KNjl9pxM9/PP4PSubTew=="
    )
)
ODS_ROWS = """
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>é</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="254700000000"/></table:table-row>
"""
ODS_CONTENT = f"""<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="s">{ODS_ROWS}</table:table></office:spreadsheet></office:body></office:document-content>"""


def pack_zip(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def pack_xlsx(*sheets):
    """Return a workbook of sheets, each a dict of cells by their name (and maybe the sheet's state)."""
    book = openpyxl.Workbook()
    for number, cells in enumerate(sheets):
        sheet = book.create_sheet(index=number)
        sheet.sheet_state = cells.pop("state", "visible")
        for place, value in cells.items():
            sheet[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read bytes, or a text as UTF-8, as a file whose name says nothing."""

    def read(content):
        path = tmp_path / "file"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_sheet(path)

    return read


@pytest.mark.parametrize(
    ("codec", "mark", "encoding"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8-sig", b"", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16-LE"),
        ("utf-16-be", b"\xfe\xff", "UTF-16-BE"),
        ("utf-16-le", b"", "UTF-16-LE"),
        ("utf-16-be", b"", "UTF-16-BE"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_encodings(read, codec, mark, encoding):
    sheet = read(mark + "name;phone\r\nMüller – Zoë’s €;+254 700 000 000\r\n".encode(codec))
    assert sheet.header == ["name", "phone"]
    assert sheet.rows == [(2, ["Müller – Zoë’s €", "+254 700 000 000"])]
    assert (sheet.encoding, sheet.delimiter) == (encoding, ";")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_in_other_scripts(read, codec):
    sheet = read("имя,телефон\nАнна Ковалёва,+380441234567\nĀnanda,+919812345678\n".encode(codec))
    assert sheet.rows[0] == (2, ["Анна Ковалёва", "+380441234567"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n,,\n\xc2\xa0\n", "empty"),
        (b"name,phone\n\x81\xe9,1\n", "byte 0x81 in line 2"),
        ("name\nJosé\n".encode() + b"Ren\xe9\n", "byte 0xE9 in line 3"),
        ("name,phone\n".encode("utf-16") + b"x", "known encoding"),
        (b"\xef\xbb\xbfname\n\xff", "byte 0xFF in line 2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0", r"known encoding|binary"),
        (b"GIF89a\x01\0\x01\x02\x80\xe9", r"known encoding|binary"),
        (b"caf\xe9\x02\n", "binary"),
        (b"name,ph\0one\n" + b"x" * 100, "binary"),
        (b"%PDF-1.7\n1 0 obj\n", "document"),
        (b"\n<html><table><tr><td>phone</td></tr></table>", "web page"),
        (b'a,b\n1,"2\n3,4\n5,6\n', "line 2: a quote is opened"),
        (b'a,b\n\n"1\n1",2\n3,"', "line 5: a quote is opened"),
        (b"a,b\n1,2\n" + b"x" * 200_000 + b",3\n", "line 3: field larger"),
        (b"PK\x03\x04 and so on", "not a workbook"),
        (pack_zip(**{"readme.txt": "no workbook"}), "not a workbook"),
        (pack_xlsx({"A1": "phone"})[:-400], "not a workbook"),
        (pack_xlsx({}), "empty"),
        # Cells far out, for which the reader would need half a terabyte or just too much.
        (pack_xlsx({"A1": "phone", "XFD1048576": "x"}), "too large"),
        (pack_xlsx({"A1": "phone", "CV1048576": "x"}), "too large"),
        (XLS[:5000], "not a workbook"),
        (XLS[:5532], "not a workbook"),
        (XLS[:512] + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_unreadable_files(read, content, message):
    with pytest.raises(UnreadableFile, match=message):
        read(content)


def test_unreadable_paths(tmp_path):
    with pytest.raises(UnreadableFile, match="No such file"):
        read_sheet(tmp_path / "missing.csv")
    with pytest.raises(UnreadableFile, match="directory"):
        read_sheet(tmp_path)
    with pytest.raises(UnreadableFile, match=r"null byte|No such file"):
        read_sheet(tmp_path / "a\0b")


@given(st.binary(max_size=200) | st.text('"\r\n,;=\0 é', max_size=30).map(lambda text: text.encode("cp1252")))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    try:
        sheet = read_sheet(path)
    except UnreadableFile:
        return
    assert all(len(cells) >= len(sheet.header) and any(cells) for _, cells in sheet.rows)


@pytest.mark.parametrize("whole", [XLS, pack_xlsx({"A1": "phone", "A2": 5})], ids=["xls", "xlsx"])
def test_damaged_workbooks_are_read_or_refused(read, whole):
    dice, refused = random.Random(7), 0  # noqa: S311
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(8, len(damaged))] = dice.randrange(256)
        try:
            read(bytes(damaged))
        except UnreadableFile:
            refused += 1
    assert refused > 3


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_each_delimiter(read, delimiter):
    sheet = read(
        "Full name|Phone|Rent\nDoe, Jane|+254 1|\n|+2 2|5\n".replace("|", delimiter)
        if delimiter != ","
        else 'Full name,Phone,Rent\n"Doe, Jane",+254 1,\n,+2 2,5\n'
    )
    assert (sheet.delimiter, sheet.header) == (delimiter, ["Full name", "Phone", "Rent"])
    assert sheet.rows == [(2, ["Doe, Jane", "+254 1", ""]), (3, ["", "+2 2", "5"])]


@pytest.mark.parametrize(
    ("content", "delimiter", "header"),
    [
        ("phone\n+1\n", ",", ["phone"]),
        ("phone", ",", ["phone"]),
        ("URN:Tel\n+1\n+2\n", ",", ["URN:Tel"]),
        ("URN:Tel,Field:Team\n", ",", ["URN:Tel", "Field:Team"]),
        ("URN:Tel,Name,Field:Team\n+1,J,A\n", ",", ["URN:Tel", "Name", "Field:Team"]),
        ("URN:Tel,Name\ntel:+1,A\ntel:+2,B\n", ",", ["URN:Tel", "Name"]),
        ("phone;name\n+1\n", ";", ["phone", "name"]),
        ("Name;Rent, KES\nJane;1.200,50\nJim;18,00\n", ";", ["Name", "Rent, KES"]),
        ("Name;Rent;Tags\nJane;1,5;a|b\nJim;2,5;c|d\n", ";", ["Name", "Rent", "Tags"]),
        ('a,b\n"1;2;3",x\n"1;2;3",y\n', ",", ["a", "b"]),
        ('a, "b, c"\n1, 2\n', ",", ["a", "b, c"]),
        ('a; "b; c, d"\n1; 2, 3\n', ";", ["a", "b; c, d"]),
        ("Name,Rent; KES\nJane,1;5\nJim,2\n", ",", ["Name", "Rent; KES"]),
        ('"a;b;c","d"\n"1;2;3","4"\n', ",", ["a;b;c", "d"]),
        ("sep=;\nphone;na,me\n+1;x\n", ";", ["phone", "na,me"]),
        ('"SEP=\t"\r\nphone\tname,x\n+1\tx\n', "\t", ["phone", "name,x"]),
        ("sep=#\nphone#name\n+1#x\n", "#", ["phone", "name"]),
    ],
)
def test_delimiter_and_header(read, content, delimiter, header):
    sheet = read(content)
    assert (sheet.delimiter, sheet.header) == (delimiter, header)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(read, end):
    lines = ["", " , ", "a,b", "1,2", "", ",,", '"3', '3",4', "5,6"]
    expected = [(4, ["1", "2"]), (7, [f"3{end}3", "4"]), (9, ["5", "6"])]
    assert read(end.join(lines)).rows == expected
    assert read(end.join(["sep=,", *lines])).rows == [(line + 1, cells) for line, cells in expected]


def test_rows_are_stripped_and_fitted_to_the_header(read):
    sheet = read("\xa0name , phone\nJane\n\u3000Jim\t,+1 , ,\nJo,+2,,x,\n' Al ',' ,\n")
    assert sheet.header == ["name", "phone"]
    assert sheet.rows == [
        (2, ["Jane", ""]),
        (3, ["Jim", "+1"]),
        (4, ["Jo", "+2", "", "x"]),
        (5, ["' Al '", "'"]),
    ]


def test_values_of_a_workbook(read):
    values = {
        250788382382.0: "250788382382",
        1e22: "10000000000000000000000",
        12: "12",
        -0.5: "-0.5",
        1 / 3: "0.333333333333333",
        "\xa0+254 7 ": "+254 7",
        "two\nlines": "two\nlines",
        "007": "007",
        datetime.date(2024, 1, 31): "2024-01-31",
        datetime.datetime(2024, 1, 31): "2024-01-31",
        datetime.datetime(2024, 1, 31, 9, 5): "2024-01-31T09:05:00",
        datetime.time(9, 5): "09:05:00",
    }
    content = pack_xlsx(
        {"A1": "value", "B1": "more"} | {f"A{n}": value for n, value in enumerate(values, 2)} | {"B14": True}
    )
    sheet = read(content)
    assert sheet.rows == [*((n, [text, ""]) for n, text in enumerate(values.values(), 2)), (14, ["", "true"])]
    assert (sheet.encoding, sheet.delimiter) == (None, None)


def test_first_filled_sheet_of_a_workbook(read):
    hidden = {"A1": "hidden", "state": "hidden"}
    filled = {"B3": "phone", "C3": "name", "B6": "+1", "C7": "Jo", "D7": "beyond"}
    sheet = read(pack_xlsx(hidden, {"A1": "\xa0"}, filled, {"A1": "later"}))
    assert [cell for cell in sheet.header if cell] == ["phone", "name"]
    assert [(line, [cell for cell in cells if cell]) for line, cells in sheet.rows] == [
        (6, ["+1"]),
        (7, ["Jo", "beyond"]),
    ]


def test_xls(read):
    sheet = read(XLS)
    assert (sheet.header, sheet.rows) == (["phone", "name", "since"], [(4, ["254700000000", "Zoë", "2024-01-31"])])


def test_ods(read):
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    sheet = read(pack_zip(**{"mimetype": mime, "META-INF/manifest.xml": "<manifest/>", "content.xml": ODS_CONTENT}))
    assert (sheet.header, sheet.rows) == (["é"], [(4, ["254700000000"])])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "'"),
        ("'", "''"),
        ("=1+1", "'=1+1"),
        ("+254", "'+254"),
        ("--", "'--"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("Jane ", "Jane '"),
        ("Jane '", "Jane ''"),
        ("\r\n", "'\r\n'"),
        ("'t Hooft", "'t Hooft"),
        ("O'Neil", "O'Neil"),
        ("Jones'", "Jones'"),
        ("'quoted'", "'quoted'"),
        ("1-800", "1-800"),
    ],
)
def test_defused_and_restored(text, written):
    assert escape_formula(text) == written
    assert unescape_formula(written) == text


@given(CELL)
def test_defused_text_is_harmless_and_comes_back(text):
    written = escape_formula(text)
    assert unescape_formula(written) == text
    assert written
    assert written == written.strip()
    assert written[0] not in "=+-@＝＋－＠"


@given(st.data(), st.sampled_from(DELIMITERS), st.integers(1, 4))
def test_written_rows_are_read_back(tmp_path_factory, data, delimiter, width):
    written = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=4))
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with open_csv(path) as stream:
        write_csv(stream, written, delimiter)
    sheet = read_sheet(path)
    assert [
        list(map(unescape_formula, cells)) for cells in (sheet.header, *(cells for _, cells in sheet.rows))
    ] == written
    assert sheet.delimiter == (delimiter if width > 1 else ",")


def test_bare_cells_are_written_as_they_are():
    stream = io.StringIO()
    write_csv(stream, [[Literal("+254"), "+254", Literal(""), "", Literal("--")]])
    assert next(csv.reader([stream.getvalue()])) == ["+254", "'+254", "", "'", "--"]


def test_a_file_is_opened_with_the_mark_of_utf8(tmp_path):
    with open_csv(tmp_path / "out.csv") as stream:
        write_csv(stream, [["é", "a\nb"]])
    assert (tmp_path / "out.csv").read_bytes() == b'\xef\xbb\xbf"\xc3\xa9","a\nb"\r\n'


def test_standard_output_stays_open(capfdbinary):
    with open_csv(None) as stream:
        write_csv(stream, [["a"]])
    sys.stdout.write("more")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b'\xef\xbb\xbf"a"\r\nmore'
