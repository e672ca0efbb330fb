"""The words of all languages, and how they are found in a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import product
from pathlib import Path

from ...text import words

LANGUAGES = sorted(Path(__file__).parent.glob("*.toml"))

_NUMBERING = re.compile(r"\d+\Z|\A\d+(?=\D)")
_LONGEST_PHRASE = 8  # words
_LONGEST_COMPOUND = 40  # characters
_ARTICLES = ("ال", "ה")  # written onto the word that follows
_IDEOGRAPHS = "\u2e80"  # from here on words aren't parted by spaces


@cache
def header_words() -> Mapping[str, str]:
    """Return what each word of a header stands for: a key of the tables `headers`."""
    return _collect("headers")


@cache
def cell_words() -> Mapping[str, str]:
    """Return what each word of a cell of consent stands for: a key of the tables `cells`."""
    return _collect("cells")


@cache
def answers() -> Set[frozenset[str]]:
    """Return what stands for yes and no in each language, in pairs: yes and no, Y and N, yes and not."""
    pairs: set[frozenset[str]] = set()
    for tables in map(read_language, LANGUAGES):
        yes = {squeeze(word) for word in tables["cells"]["yes"]}
        no = {squeeze(word) for word in (*tables["cells"]["no"], *tables["headers"].get("not", ()))}
        initials = ({word[:1] for word in listed} for listed in (yes, no))
        pairs.update(map(frozenset, [*product(yes, no), *product(*initials)]))
    return pairs


@cache
def country_names() -> Mapping[str, str]:
    """Return the codes of the names of countries that people use besides the official ones."""
    return _collect("countries")


@cache
def read_language(file: Path) -> dict[str, dict[str, list[str]]]:
    """Return the tables of a language: {table: {key: its words as written}}."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: {key: [word.strip() for word in text.split(",")] for key, text in table.items()}
        for name, table in tables.items()
    }


def squeeze(text: str) -> str:
    """Return the letters and digits of a text, simplified, by which words are compared."""
    return "".join(map(_without_article, words(text)))


def header_tokens(header: str) -> list[str]:
    """Return the words of a header, `camelCase` taken apart, without the numbers that only count ("Phone 2")."""
    tokens = (_NUMBERING.sub("", token) for token in words(_part_capitals(header)))
    return [_without_article(token) for token in tokens if token]


def _part_capitals(header: str) -> str:
    """Put a space before each word of `camelCase` and `HTMLText`."""
    parted = []
    for before, letter, after in zip(f" {header}", header, f"{header[1:]} ", strict=False):
        begins = letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
        parted.append(f" {letter}" if begins else letter)
    return "".join(parted)


def cell_tokens(cell: str) -> list[str]:
    """Return the words of a cell."""
    return [_without_article(token) for token in words(cell)]


def find_words(tokens: Sequence[str], vocabulary: Mapping[str, str]) -> Iterator[str | None]:
    """Yield what the words of a text stand for, the longest first; None for one that isn't known."""
    start = 0
    while start < len(tokens):
        for end in range(min(len(tokens), start + _LONGEST_PHRASE), start, -1):
            if kind := vocabulary.get("".join(tokens[start:end])):
                yield kind
                start = end
                break
        else:
            parts: Sequence[str | None] = _find_parts(tokens[start], vocabulary)
            yield from parts or [None]
            start += 1


def _find_parts(token: str, vocabulary: Mapping[str, str]) -> list[str]:
    """Return what the parts of a compound such as `Kundentelefon` or `客户手机号` stand for; [] if one is unknown."""
    if token.startswith(_ARTICLES[1]) and (kind := vocabulary.get(token[1:])):
        return [kind]
    if len(token) > _LONGEST_COMPOUND:
        return []
    for end in range(len(token), 0, -1):
        part = token[:end]
        kind = vocabulary.get(part)
        if kind and _is_part(part, kind):
            if end == len(token):
                return [kind]
            if rest := _find_parts(token[end:], vocabulary):
                return [kind, *rest]
    return []


def _is_part(part: str, kind: str) -> bool:
    """Return whether a word is long enough to be trusted inside another one."""
    if part >= _IDEOGRAPHS:
        return len(part) > 1 or kind in ("small", "number", "time")
    return len(part) > 3


def _without_article(token: str) -> str:
    return token[2:] if token.startswith(_ARTICLES[0]) and len(token) > 4 else token


def _collect(table: str) -> dict[str, str]:
    return {
        squeeze(word): key
        for file in reversed(LANGUAGES)
        for key, listed in read_language(file).get(table, {}).items()
        for word in listed
    }
