"""Texts in the encodings that people's programs write."""

import codecs

import pytest

from sendy_contacts.spreadsheets.encodings.legacy import NAMES, guess_encoding
from sendy_contacts.spreadsheets.encodings.text import find_text
from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.files import open_to_read, whole
from tests.spreadsheets.name_lists import LANGUAGES, encode

CASES = [(name, codec) for name, language in LANGUAGES.items() for codec in language.codecs]


def write_table(rows, codec):
    return encode("".join(";".join(row) + "\r\n" for row in rows), codec)


@pytest.mark.parametrize(("name", "codec"), CASES)
@pytest.mark.parametrize("count", [5, 50])
def test_a_list_is_read_in_the_encoding_of_its_country(read, name, codec, count):
    language = LANGUAGES[name]
    rows = language.table(count)
    sheet = read(write_table(rows, codec), country=language.country)
    assert sheet.cells == rows
    assert sheet.delimiter == ";"


def test_most_lists_are_read_whatever_the_country():
    right = lists = 0
    for language in LANGUAGES.values():
        for codec in language.codecs[:1]:
            for seed in range(2):
                for count in (2, 5, 50):
                    for country in (language.country, "KE", "US", "RU", "TR", None):
                        rows = [["Name", "Phone"], *language.rows(count, seed)]
                        text = write_table(rows, codec)
                        sample = b"".join(line for line in text.splitlines(True) if not line.isascii())
                        high_bytes = bytes({byte for byte in text if byte > 127})
                        guess = guess_encoding(sample, high_bytes, country)
                        lists += 1
                        right += write_table(rows, codec).decode(guess or "ascii", "replace") == text.decode(codec)
    assert lists == 22 * 2 * 3 * 6
    assert right >= 0.96 * lists, right


@pytest.mark.parametrize(
    ("country", "encoding"),
    [("TR", "Windows-1254"), ("AZ", "Windows-1254"), ("CY", "Windows-1254"), ("IS", "Windows-1252")],
)
def test_the_country_tells_apart_what_no_text_does(read, country, encoding):
    # One letter, which is ð or ğ.
    sheet = read("Name;Phone\nDavið;1\n".encode("cp1252"), country=country)
    assert sheet.encoding == encoding


@pytest.mark.parametrize(
    ("codec", "mark", "encoding"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8-sig", b"", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16-LE"),
        ("utf-16-be", b"\xfe\xff", "UTF-16-BE"),
        ("utf-16-le", b"", "UTF-16-LE"),
        ("utf-16-be", b"", "UTF-16-BE"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32-LE"),
        ("utf-32-be", b"\0\0\xfe\xff", "UTF-32-BE"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_marks_and_names(read, codec, mark, encoding):
    sheet = read(mark + "name;phone\r\nMüller – Zoë’s €;+254 700 000 000\r\n".encode(codec))
    assert sheet.filled == [(1, ["name", "phone"]), (2, ["Müller – Zoë’s €", "+254 700 000 000"])]
    assert (sheet.encoding, sheet.delimiter) == (encoding, ";")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_in_other_scripts(read, codec):
    sheet = read("имя,телефон\nАнна Ковалёва,+380441234567\nĀnanda,+919812345678\n".encode(codec))
    assert sheet.cells[1] == ["Анна Ковалёва", "+380441234567"]


def test_letters_far_down_decide_too(read):
    text = "name;phone\n" + "John;1\n" * 300_000 + "Łukasz Wiśniewski;2\nGrażyna Piątek;3\n"
    sheet = read(text.encode("cp1250"), country="PL")
    assert sheet.encoding == "Windows-1250"
    assert sheet.rows[-1] == (300_003, ["Grażyna Piątek", "3"])


@pytest.mark.parametrize("encoding", [*NAMES.values(), "UTF-8", "UTF-16-LE", "ISO-2022-JP", "latin1", "gbk", "sjis"])
def test_an_encoding_is_known_by_the_name_it_is_shown_under(read, encoding):
    assert read("name;phone\nAnn;1\n".encode(encoding), encoding=encoding).cells == [["name", "phone"], ["Ann", "1"]]


def test_the_encoding_that_a_person_says_counts(read):
    data = "имя;телефон\nАнна;1\n".encode("koi8-r")
    sheet = read(data, encoding="KOI8-R", country="KE")
    assert (sheet.encoding, sheet.cells[1]) == ("KOI8-R", ["Анна", "1"])
    assert read("name\n“Zoë”\n".encode("cp1252"), encoding="iso-8859-1").cells[1] == ["“Zoë”"]
    assert read("name;b\nZoë;2\n".encode(), encoding="windows-1252").cells[1] == ["ZoÃ«", "2"]


def test_a_file_of_dos_ends_with_its_mark(read):
    assert read(b"name;phone\r\nAnn;1\r\n\x1a").cells == [["name", "phone"], ["Ann", "1"]]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("name\nJosé\n".encode() + b"Ren\xe9\n", {}, "not UTF-8 throughout .byte 0xE9 in line 3"),
        ("name\nJosé\nZoë".encode()[:-1], {}, "byte 0xC3 in line 3"),
        (b"\xef\xbb\xbfname\n\xff", {}, "byte 0xFF in line 2"),
        ("name,phone\n".encode("utf-16") + b"x", {}, "UTF-16-LE throughout"),
        ("name\nJos\ufffd\n", {}, r"U\+FFFD in line 2, the sign for a lost letter"),
        ("name\n\nA\x9f\n", {}, r"U\+009F in line 3"),
        ("name\nJosé\n".encode() + "Renée\nZoë\n".encode("cp1252"), {}, "UTF-8 in line 2 and another .* line 3"),
        ("name\nJosé\nZoë\n".encode().decode("cp1252"), {}, "line 2.: a program decoded UTF-8 as Windows-1252"),
        (
            "\ufeffname\nJosé\nZoë\n".encode().decode("cp1252").encode("utf-8-sig"),
            {},
            "decoded UTF-8 as Windows-1252",
        ),
        ("name\nПётр\nАнна\n".encode().decode("cp1251"), {}, "decoded UTF-8 as Windows-1251"),
        ("name\nJosé\nZoë\nChloé\n".encode("cp1252") + b"Ren\x81\n", {}, "known encoding"),
        (b"name\n\xe4\xbd\x81\xff\x81\xfe\n", {}, "known encoding"),
        (b"caf\xe9\x02\n", {}, "known encoding|binary"),
        (b"name\nZo\xeb\n", {"encoding": "UTF-8"}, "not UTF-8 throughout .byte 0xEB in line 2"),
        (b"name\nZo\x81\n", {"encoding": "cp1252"}, "not Windows-1252 throughout .byte 0x81 in line 2"),
        (b"name\nZo\x9d\n", {"encoding": "koi8-r"}, None),
        (b"name\nZo\x85\n", {"encoding": "iso8859-2"}, r"isn't text in ISO-8859-2 .U\+0085 in line 2"),
        (b"name\n", {"encoding": "nonsense\x1b[2J"}, r'no encoding called "nonsense\\u001b\[2J"'),
        (b"name\n", {"encoding": "a\0b"}, "no encoding called"),
        (b"name\n", {"encoding": "rot13"}, "no encoding called"),
        (b"name\n", {"encoding": "undefined"}, "no encoding called"),
        (b"name\n", {"encoding": "base64"}, "no encoding called"),
        (codecs.BOM_UTF8 + b"name\n", {"encoding": "cp1252"}, "by its first bytes that it is UTF-8"),
        (codecs.BOM_UTF16_BE + "name\n".encode("utf-16-be"), {"encoding": "utf-16"}, None),
        (codecs.BOM_UTF8 + b"name\n", {"encoding": "utf-8-sig"}, None),
    ],
)
def test_text_that_is_unreadable_is_refused_with_its_line(read, content, options, message):
    if message is None:
        assert read(content, **options).cells
        return
    with pytest.raises(UnreadableFile, match=message):
        read(content, **options)


def test_characters_that_a_marked_file_holds_were_meant(read):
    name = "a\x9f\ufffd\ue000\x07b"
    assert read(f"name\n{name}\n".encode("utf-8-sig")).cells[1] == [name]


def test_a_line_without_end_is_refused(tmp_path):
    for byte in (b"x", b"\xe9"):
        path = tmp_path / "file"
        path.write_bytes(b"name\n" + byte * 5_000_000)
        with open_to_read(path) as file, pytest.raises(UnreadableFile, match="line 2 is longer than"):
            find_text(whole(file), None, None)


@pytest.mark.parametrize("change", [str.upper, str.lower], ids=["capitals", "small letters"])
def test_lists_of_capitals_or_small_letters_are_read_too(read, change):
    for name in ("Russian", "Ukrainian", "Bulgarian", "Greek", "Turkish", "Polish", "Hungarian", "French", "Spanish"):
        language = LANGUAGES[name]
        for codec in language.codecs[:2]:
            rows = [[change(cell) for cell in row] for row in language.table(5)]
            text = "".join(";".join(row) + "\r\n" for row in rows)
            if len(text.encode(codec, "ignore").decode(codec)) == len(text):  # in all of the encoding's letters
                assert read(text.encode(codec), country=language.country).cells == rows, (name, codec)


@pytest.mark.parametrize(
    ("text", "codec", "country", "encoding"),
    [
        ("Name;Rent\nAnn;18\xa0500\nBen;20\xa0000 €\n", "cp1252", "KE", "Windows-1252"),
        ("Name;Rent\nAnn;18\xa0500 €\n", "cp1252", "RU", "Windows-1252"),
        ("Nº;Mª\nAnn;½ kg · 5°C ®\n", "cp1252", "ES", "Windows-1252"),
        ("Name;Note\nAnn;“ok” – it’s…\n", "cp1252", "KE", "Windows-1252"),
        ("Nom;Tél\nZoë;1\nMcÉwan;2\n", "cp1252", "KE", "Windows-1252"),
        ("ﾅﾏｴ;ﾃﾞﾝﾜ\nﾀﾅｶ ﾀﾛｳ;090\n", "cp932", "JP", "Shift-JIS"),
        ("名前;電話\n㈱田中商事①;090\n髙橋はしご高;1\n", "cp932", "JP", "Shift-JIS"),
        ("姓名;电话\n镕基;1\n王喆;2\n", "gb18030", "CN", "GB18030"),
    ],
)
def test_signs_and_rare_letters(read, text, codec, country, encoding):
    sheet = read(text.encode(codec), country=country)
    assert sheet.encoding == encoding
    assert sheet.cells == [line.split(";") for line in text.splitlines()]
