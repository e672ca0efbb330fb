"""CSV files as people and their programs write them."""

import csv
import io
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.csv_files import DELIMITERS, open_csv, write_csv
from sendy_contacts.spreadsheets.encodings.legacy import NAMES
from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.formulas import Literal, unescape_formula
from sendy_contacts.spreadsheets.sheet import open_sheet

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
# Quotes, delimiters and white space where they hurt, more often than chance puts them there.
CELL = TEXT | st.text("'\"=+-@,;|:\t\r\n \xa0\x1f\u2028\ufeffaä", max_size=8)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_each_delimiter(read, delimiter):
    sheet = read(
        "Full name|Phone|Rent\nDoe, Jane|+254 1|\n|+2 2|5\n".replace("|", delimiter)
        if delimiter != ","
        else 'Full name,Phone,Rent\n"Doe, Jane",+254 1,\n,+2 2,5\n'
    )
    assert (sheet.kind, sheet.delimiter, sheet.cells[0]) == ("CSV", delimiter, ["Full name", "Phone", "Rent"])
    assert sheet.rows[1:] == [(2, ["Doe, Jane", "+254 1"]), (3, ["", "+2 2", "5"])]


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
        ("Tenants, all of them, 2026\nas of May\n\nName;Phone\nDoe, J;1\nRoe, K;2\nPoe, L;3\n", ";",
         ["Tenants, all of them, 2026"]),
        ("List\n\nName;Phone;City\n" + "Ann;1;x\n" * 9, ";", ["List"]),
        ("Name\tNote\n" + "Ann\thello, you, all; bye\n" * 5, "\t", ["Name", "Note"]),
    ],
)  # fmt: skip
def test_the_delimiter_is_the_one_that_fits(read, content, delimiter, header):
    sheet = read(content)
    assert (sheet.delimiter, sheet.cells[0]) == (delimiter, header)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(read, end):
    lines = ["", " , ", "a,b", "1,2", "", ",,", '"3', '3",4', "5,6"]
    expected = [(3, ["a", "b"]), (4, ["1", "2"]), (7, [f"3{end}3", "4"]), (9, ["5", "6"])]
    assert read(end.join(lines)).filled == expected
    assert read(end.join(lines)).rows[:2] == [(1, []), (2, [])]
    assert read(end.join(["sep=,", *lines])).filled == [(line + 1, cells) for line, cells in expected]
    assert read(end.join(lines) + end).filled == expected


def test_cells_are_stripped_and_blank_ones_at_the_end_left_out(read):
    sheet = read("\xa0name , phone\nJane\n\u3000Jim\t,+1 , ,\nJo,+2,,x,\n' Al ',' ,\n")
    assert sheet.cells == [["name", "phone"], ["Jane"], ["Jim", "+1"], ["Jo", "+2", "", "x"], ["' Al '", "'"]]


def test_quotes_that_are_out_of_order_but_harm_nobody(read):
    assert read('a,b\n5" pipe,"x"y\n3,"4"\n').cells[1:] == [['5" pipe', "xy"], ["3", "4"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n,,\n\xc2\xa0\n", "empty"),
        (b'a,b\n1,"2\n3,4\n5,6\n', "line 2: a quote is opened"),
        (b'a,b\n\n"1\n1",2\n3,"', "line 5: a quote is opened"),
        (b'name,phone\n"Jim,1\nAnn,2\n"Bob",3\n', "line 2: a quote is opened, and the next one, in line 4"),
        (b'"name","phone"\n"Jim","1\n"Ann","2"\n', "line 2: a quote is opened, and the next one, in line 3"),
        (b"a,b\n1,2\n" + b"x" * 200_000 + b",3\n", "line 3: a cell is longer than 131,072"),
        (b"a,b\n" + b"1,2\n" * 70_000 + b'1,"' + b"x,2\n" * 70_000, "line 70002: a cell is longer"),
        (b",".join(b"c%d" % n for n in range(1001)) + b"\n1,2\n", "1,001 columns in line 1"),
        (b"name,ph\0one\n" + b"x" * 100, "binary file.*line 1"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0", "a picture"),
        (b"GIF89a\x01\0\x01\x02\x80\xe9", "a picture"),
        (b"%PDF-1.7\n1 0 obj\n", "a document .PDF"),
        (b"{\\rtf1\\ansi", "a document .RTF"),
        ("\n<!DOCTYPE html><table>".encode("utf-16"), "web page"),
        (b"\n<html><table><tr><td>phone</td></tr></table>", "web page"),
        (b"\x1f\x8b\x08\0\0", "a compressed"),
        (b"\x00\x01\x02\x03" * 9, "binary|known encoding|isn't text"),
    ],
)
def test_files_that_are_no_lists(read, content, message):
    with pytest.raises(UnreadableFile, match=message):
        read(content)


def test_a_thousand_columns_are_read(read):
    header = ",".join(f"c{n}" for n in range(1000)) + ",,,,"
    assert len(read(f"{header}\n1\n").cells[0]) == 1000


def test_unreadable_paths(tmp_path):
    for path, message in [
        (tmp_path / "missing.csv", "No such file"),
        (tmp_path, "directory"),
        (tmp_path / "a\0b", r"null byte|No such file"),
    ]:
        with pytest.raises(UnreadableFile, match=message), open_sheet(path):
            pass


def test_a_pipe_is_read_like_a_file(tmp_path):
    program = "from pathlib import Path; from sendy_contacts.spreadsheets.sheet import open_sheet\n"
    program += "with open_sheet(Path('/dev/stdin')) as sheet: print(list(sheet.rows()) + list(sheet.rows()))"
    done = subprocess.run([sys.executable, "-c", program], input=b"a;b\n1;2\n", capture_output=True, check=True)
    assert done.stdout.decode().strip() == str([(1, ["a", "b"]), (2, ["1", "2"])] * 2)


@given(st.binary(max_size=200) | st.text('"\r\n,;=\0 é', max_size=30).map(lambda text: text.encode("cp1252")))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    rows, reason = [], ""
    try:
        with open_sheet(path) as sheet:
            rows = list(sheet.rows())
    except UnreadableFile as error:
        reason = str(error)
    assert reason.isprintable()
    assert bool(rows) != bool(reason)
    assert [line for line, _ in rows] == sorted({line for line, _ in rows})
    assert all(not cells or cells[-1] for _, cells in rows)


# Letters that people's names have, by the encodings that hold them.
LETTERS = {
    "cp1252": "éüñßçãøÅœ",
    "cp1250": "łżčřőţđ",
    "cp1251": "ЖабёЇґѓ",
    "cp1253": "άβΓδώ",
    "cp1254": "ğışİé",
    "cp1255": "אבגד",
    "cp1256": "محمدعپ",
    "cp1257": "ąčėžš",
    "cp874": "กมลวรรณ",
    "cp932": "田中太郎さくらタ",
    "cp949": "김민준한",
    "gb18030": "王小明伟",
    "big5hkscs": "陳美玲",
    "euc_jis_2004": "田中さくら",
    "koi8-r": "Жабё",
    "mac-roman": "éüñ",
    "cp850": "éüñ",
    "utf-8": "éЖ王김ก😀",
    "utf-8-sig": "éЖ王",
    "utf-16": "éЖ王😀",
    "utf-16-le": "éЖ",
    "utf-16-be": "éЖ",
}


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([*LETTERS]), st.sampled_from(",;\t|"), st.integers(2, 4), st.booleans())
def test_any_table_in_any_encoding_is_read_back_or_refused(tmp_path_factory, data, codec, delimiter, width, quoted):
    cell = st.text(f"{LETTERS[codec]}abc 0123'\"{delimiter}\n-", max_size=8).map(str.strip)
    table = data.draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=5))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows(table)
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(stream.getvalue().encode(codec))
    encoding = codec if codec in NAMES else None  # of cells of nonsense nobody can tell their encoding
    try:
        with open_sheet(path, encoding=encoding) as sheet:
            rows, found = [cells for _, cells in sheet.rows()], sheet.delimiter
    except UnreadableFile:
        return
    if found == delimiter:
        assert [cells + [""] * (width - len(cells)) for cells in rows] == table
    else:  # another delimiter fits the cells better: they are parted otherwise, but nothing of them is lost
        assert keep_letters(rows) == keep_letters(table)


def keep_letters(table):
    return "".join(character for row in table for cell in row for character in cell if character.isalnum())


@given(st.data(), st.sampled_from(DELIMITERS), st.integers(1, 4))
def test_written_rows_are_read_back(tmp_path_factory, data, delimiter, width):
    written = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=4))
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.unlink(missing_ok=True)
    with open_csv(path) as stream:
        write_csv(stream, written, delimiter)
    with open_sheet(path) as sheet:
        assert [list(map(unescape_formula, cells)) for _, cells in sheet.rows()] == written
        assert sheet.delimiter == (delimiter if width > 1 else ",")


def test_literal_cells_are_written_as_they_are():
    stream = io.StringIO()
    write_csv(stream, [[Literal("+254"), "+254", Literal(""), "", Literal("--")]])
    assert next(csv.reader([stream.getvalue()])) == ["+254", "'+254", "", "'", "--"]


def test_a_file_is_new_and_private_and_marked_as_utf8(tmp_path):
    path = tmp_path / "out.csv"
    with open_csv(path) as stream:
        write_csv(stream, [["é", "a\nb"]])
    assert path.read_bytes() == b'\xef\xbb\xbf"\xc3\xa9","a\nb"\r\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError), open_csv(path):
        pass


def test_a_file_follows_no_link(tmp_path):
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError), open_csv(link):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_standard_output_stays_open(capfdbinary):
    with open_csv(None) as stream:
        write_csv(stream, [["a"]])
    sys.stdout.write("more")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b'\xef\xbb\xbf"a"\r\nmore'


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells its memory otherwise")
def test_a_long_file_takes_little_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w") as out:
        out.write("Phone,Name,City\n")
        out.writelines(f"+2547{n:08},Name {n},Nairobi\n" for n in range(300_000))
    program = "import sys; from pathlib import Path\n"
    program += "from sendy_contacts.spreadsheets.sheet import open_sheet\n"
    program += "with open_sheet(Path(sys.argv[1])) as sheet: print(*[sum(1 for _ in sheet.rows()) for _ in 'ab'])\n"
    program += "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    *counts, kibibytes = done.stdout.split()
    assert counts == ["300001", "300001"]
    assert int(kibibytes) < 60_000
