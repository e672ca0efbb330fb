"""Cells that no spreadsheet takes for a formula, with whatever delimiter it opens them."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.csv_files import write_csv
from sendy_contacts.spreadsheets.formulas import Literal, escape_formula, unescape_formula

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
# Quotes, signs, delimiters and white space where they hurt, more often than chance puts them there.
CELL = TEXT | st.text("'\"=+-@＝,;|\t\r\n \xa0a", max_size=9)
SIGNS = tuple("=+-@＝＋－＠")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "'"),
        ("'", "''"),
        ("=1+1", "'=1+1"),
        ("+254", "'+254"),
        ("--", "'--"),
        ("@x", "'@x"),
        ("\t=1", "'\t'=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ('"=1', "'\"=1"),
        ("Jane ", "Jane '"),
        ("Jane '", "Jane ''"),
        ("\r\n", "'\r\n'"),
        ("x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"),
        ("a, \"'=1", "a,' \"'=1"),
        ("a\n-1|+2", "a\n'-1|'+2"),
        ("'t Hooft", "'t Hooft"),
        ("O'Neil", "O'Neil"),
        ("Jones'", "Jones'"),
        ("'quoted'", "'quoted'"),
        ("1-800", "1-800"),
        ("Anna; Ben, Carl | Dora", "Anna; Ben, Carl | Dora"),
    ],
)
def test_escaped_and_unescaped(text, written):
    assert escape_formula(text) == written
    assert unescape_formula(written) == text


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('="0712"', "0712"),
        ('="Jo""e\'s; =1"', "Jo\"e's; =1"),
        ('=""', ""),
        ('="a"&"b"', '="a"&"b"'),
        ("=0712", "=0712"),
    ],
)
def test_what_excel_writes_to_keep_zeros_is_its_text(cell, meant):
    assert unescape_formula(cell) == meant


@given(CELL)
def test_any_escaped_text_comes_back(text):
    written = escape_formula(text)
    assert unescape_formula(written) == text
    assert written
    assert written == written.strip()


def open_with(raw, delimiter):
    """Yield the cells of a CSV file as spreadsheets may take them: quotes honoured or not, white space dropped."""
    for spaces in (False, True):
        for row in csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, skipinitialspace=spaces):
            yield from row
            yield from map(str.strip, row)
    for line in io.StringIO(raw, newline=None):
        for cell in line.split(delimiter):
            yield cell
            yield cell.strip().strip('"').strip()


@given(st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=3), st.sampled_from(",;\t|"))
def test_no_delimiter_makes_a_formula_of_a_cell(rows, delimiter):
    stream = io.StringIO(newline="")
    write_csv(stream, rows)
    assert not [cell for cell in open_with(stream.getvalue(), delimiter) if cell.startswith(SIGNS)]


def test_the_model_of_a_spreadsheet_finds_formulas():
    stream = io.StringIO(newline="")
    write_csv(stream, [[Literal("a"), Literal('x;"=1')], [Literal("b"), Literal("y\n=2")]])
    assert {cell for cell in open_with(stream.getvalue(), ";") if cell.startswith(SIGNS)} >= {'=1"', "=2"}


def test_long_cells_take_no_longer_than_others():
    start = time.perf_counter()
    for cell in ("\n'" * 65_000, ",\"'" * 43_000 + "=", "=\"'" * 43_000):
        unescape_formula(cell)
        escape_formula(cell)
    assert time.perf_counter() - start < 2
