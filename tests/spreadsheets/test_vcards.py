"""Address books of phones: vCard 2.1, 3.0, 4.0, and what phones make of them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.sheet import open_sheet


def card(*lines):
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


def people(sheet):
    """Return each card as a dict of its filled columns."""
    (_, header), *cards = sheet.rows
    return [{name: cell for name, cell in zip(header, cells, strict=False) if cell} for _, cells in cards]


def test_a_card_is_a_row_below_a_header_like_googles(read):
    amina = card(
        "VERSION:3.0", "N:Otieno;Amina;;;", "FN:Amina Otieno", "ORG:Otieno Stores;Sales", "TITLE:Owner",
        "TEL;TYPE=WORK:020 2345711", "TEL;TYPE=CELL;TYPE=PREF:+254 712 345711", "CATEGORIES:Tenants,VIP",
        "EMAIL;TYPE=INTERNET:amina@example.com", "NOTE:pays\\, late\\nbut well",
    )  # fmt: skip
    sheet = read(amina + card("VERSION:4.0", "FN:Ben", "TEL:0712345712"))
    assert (sheet.kind, sheet.encoding, sheet.delimiter) == ("vCard", "UTF-8", None)
    assert sheet.rows == [
        (1, ["Name", "First Name", "Last Name", "Labels", "Organization", "Title", "E-mail 1 - Value", "Notes",
             "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value"]),
        (1, ["Amina Otieno", "Amina", "Otieno", "Tenants ::: VIP", "Otieno Stores, Sales", "Owner",
             "amina@example.com", "pays, late\nbut well", "Mobile", "+254 712 345711", "Work", "020 2345711"]),
        (13, ["Ben", "", "", "", "", "", "", "", "Other", "0712345712"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89tienne;;;;", "TEL;CELL:1"],
         {"Name": "Étienne", "Last Name": "Étienne", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "1"}),
        (["FN;charset=utf-8;encoding=quoted-printable:=C3=89tienne=", "=20Du=", "pont"], {"Name": "Étienne Dupont"}),
        (["FN;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1251:=C0=ED=ED=E0 =CF=EE=EF=EE=E2=E0"],
         {"Name": "Анна Попова"}),
        (["FN;QUOTED-PRINTABLE;CHARSET=X-UNKNOWN:=C3=89tienne"], {"Name": "Étienne"}),
        (["FN;ENCODING=QUOTED-PRINTABLE:Zo=EB"], {"Name": "Zoë"}),
        (["FN;ENCODING=QUOTED-PRINTABLE:A=", "TEL:1"], {"Name": "ATEL:1"}),
        (["FN:A very long name that", " is folded\\, and", "\t escaped \\; \\\\"],
         {"Name": "A very long name thatis folded, and escaped ; \\"}),
        (["FN;ENCODING=B:w4l0aWVubmU="], {"Name": "Étienne"}),
        (["N:Doe\\;Roe;Jane;Mary;Dr.;Jr."], {"Name": "Dr. Jane Mary Doe;Roe Jr.", "First Name": "Jane",
                                            "Last Name": "Doe;Roe"}),
        (["ORG:Acme"], {"Name": "Acme", "Organization": "Acme"}),
        (["FN:", "NICKNAME:Jo"], {"Name": "Jo"}),
        (["FN:A", 'TEL;VALUE=uri;TYPE="voice,cell":tel:+254-712-345711'],
         {"Name": "A", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "+254-712-345711"}),
        (["FN:A", "TEL;VALUE=uri:tel:+254712345711;ext=12"],
         {"Name": "A", "Phone 1 - Label": "Other", "Phone 1 - Value": "+254712345711 ext. 12"}),
        (["FN:A", "item1.TEL:1", "item1.X-ABLabel:_$!<Mobile>!$_", "item2.TEL:2", "item2.X-ABLabel:WhatsApp",
          "TEL;TYPE=home:3", "item3.TEL;TYPE=pref:4", "item3.X-ABLabel:Shop"],
         {"Name": "A", "Phone 1 - Label": "Shop", "Phone 1 - Value": "4", "Phone 2 - Label": "Mobile",
          "Phone 2 - Value": "1", "Phone 3 - Label": "WhatsApp", "Phone 3 - Value": "2", "Phone 4 - Label": "Home",
          "Phone 4 - Value": "3"}),
        (["FN:A", "item1.TEL;waid=254712345711:+254 712 345711", "item1.X-ABLabel:Mobile"],
         {"Name": "A", "Phone 1 - Label": "WhatsApp", "Phone 1 - Value": "+254 712 345711"}),
        (["FN:A", "IMPP;X-SERVICE-TYPE=WhatsApp:whatsapp:+254712345711", "IMPP:xmpp:a@example.com"],
         {"Name": "A", "Phone 1 - Label": "WhatsApp", "Phone 1 - Value": "+254712345711"}),
        (["FN:A", "TEL;WORK;FAX:1", "TEL;TYPE=CELL,WORK:2", "TEL;TYPE=IPHONE:3", "TEL;TYPE=MAIN:4"],
         {"Name": "A", "Phone 1 - Label": "Fax", "Phone 1 - Value": "1", "Phone 2 - Label": "Mobile",
          "Phone 2 - Value": "2", "Phone 3 - Label": "Mobile", "Phone 3 - Value": "3", "Phone 4 - Label": "Main",
          "Phone 4 - Value": "4"}),
        (["FN:A", "EMAIL:mailto:a@example.com", "email;type=work:b@example.com"],
         {"Name": "A", "E-mail 1 - Value": "a@example.com", "E-mail 2 - Value": "b@example.com"}),
        (["FN:A", "CATEGORIES:VIP,a\\,b", "CATEGORIES:myContacts,VIP"],
         {"Name": "A", "Labels": "VIP ::: a,b ::: * myContacts"}),
        (["FN:A", "NOTE:first line", "second line", "NOTE:other"], {"Name": "A",
                                                                    "Notes": "first line\nsecond line\nother"}),
        (["FN:A", "rubbish", "TEL;broken=\"x:1", "TEL:2"],
         {"Name": "A\nrubbish\nTEL;broken=\"x:1", "Phone 1 - Label": "Other", "Phone 1 - Value": "2"}),
        (["N:;A;;;", "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ", " SkZJRg==", "", "TEL;CELL:1"],
         {"Name": "A", "First Name": "A", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "1"}),
        (["FN:A", "AGENT:", "BEGIN:VCARD", "FN:Secretary", "TEL:9", "END:VCARD", "TEL:1"],
         {"Name": "A", "Phone 1 - Label": "Other", "Phone 1 - Value": "1"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["2.1", "3.0", "4.0"])
def test_what_cards_hold(read, lines, expected, version):
    assert people(read(card(f"VERSION:{version}", *lines))) == [expected]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1251", "cp932"])
def test_files_in_other_encodings(read, codec):
    names = ["田中太郎", "佐藤花子", "鈴木さくら"] if codec == "cp932" else ["Анна Попова", "Иван Петров"]
    content = "".join(card("VERSION:2.1", f"FN:{name}", "TEL:1") for name in names).encode(codec)
    assert [person["Name"] for person in people(read(content, country="RU"))] == names


def test_a_broken_card_loses_no_other(read):
    broken = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nTEL:1\r\n"
    sheet = read(broken + card("FN:Ben", "TEL:2") + "END:VCARD\r\nrubbish\r\n" + broken.replace("Ann", "Cat"))
    assert [person["Name"] for person in people(sheet)] == ["Ann", "Ben", "Cat"]
    assert [line for line, _ in sheet.rows] == [1, 1, 5, 11]


def test_a_quoted_value_too_long_ends_where_it_ends(read):
    note = ["NOTE;ENCODING=QUOTED-PRINTABLE:a=", *["b" * 70 + "="] * 4000, "end", "TEL:1"]
    (person,) = people(read(card("FN:A", *note)))
    assert (person["Phone 1 - Value"], 100_000 < len(person["Notes"]) < 200_000) == ("1", True)


def test_cards_with_nothing_are_refused(read):
    with pytest.raises(UnreadableFile, match="2 cards and no contact"):
        read(card("VERSION:3.0") + card("VERSION:3.0", "PHOTO:x"))


def test_more_phones_than_a_list_has_columns(read):
    with pytest.raises(UnreadableFile, match="columns"):
        read(card("FN:A", *[f"TEL:{n}" for n in range(600)]))


@pytest.mark.parametrize("line", ["A" + ";a=b" * 40_000 + "\x01", 'TEL;TYPE="' + "a," * 60_000, "TEL;" + "a" * 9999])
def test_hostile_lines_take_no_time(read, line):
    start = time.perf_counter()
    read(card("FN:A", line, "TEL:1"))
    assert time.perf_counter() - start < 2


@given(st.lists(st.text('=;:,\\"\n ABEGINVCRDTELFN.é0', max_size=20), max_size=8))
def test_any_lines_are_read_or_refused(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "any.vcf"
    path.write_text(card("FN:Ann", "TEL:1") + card(*lines))
    with open_sheet(path) as sheet:
        assert list(sheet.rows())[1][1][0].startswith("Ann")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells its memory otherwise")
def test_pictures_stay_out_of_memory(tmp_path):
    picture = "\r\n ".join(["PHOTO;ENCODING=b;TYPE=JPEG:", *["A" * 74] * 20_000])
    path = tmp_path / "book.vcf"
    with path.open("w", newline="") as out:
        for n in range(30):
            out.write(card("VERSION:3.0", f"FN:Person {n}", picture, f"TEL:{n}"))
    program = "import sys; from pathlib import Path\n"
    program += "from sendy_contacts.spreadsheets.sheet import open_sheet\n"
    program += "with open_sheet(Path(sys.argv[1])) as sheet: print(sum(1 for _ in sheet.rows()))\n"
    program += "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    count, kibibytes = done.stdout.split()
    assert count == "31"
    assert int(kibibytes) < 60_000
