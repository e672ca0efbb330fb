"""Which of the encodings from before UTF-8 makes words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

import chardet

from .languages import LANGUAGES, Language, foreign_words, is_home, is_plausible, is_spelled

NAMES = {
    "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1252": "Windows-1252", "cp1253": "Windows-1253",
    "cp1254": "Windows-1254", "cp1255": "Windows-1255", "cp1256": "Windows-1256", "cp1257": "Windows-1257",
    "cp1258": "Windows-1258", "cp874": "CP874", "cp932": "Shift-JIS", "euc_jis_2004": "EUC-JP", "cp949": "EUC-KR",
    "gb18030": "GB18030", "big5hkscs": "Big5", "koi8-r": "KOI8-R", "koi8-u": "KOI8-U",
    "iso8859-2": "ISO-8859-2", "iso8859-5": "ISO-8859-5", "iso8859-6": "ISO-8859-6", "iso8859-7": "ISO-8859-7",
    "iso8859-15": "ISO-8859-15", "mac-roman": "MacRoman", "mac-latin2": "MacLatin2", "mac-cyrillic": "MacCyrillic",
    "mac-greek": "MacGreek", "mac-turkish": "MacTurkish", "cp437": "IBM437", "cp737": "CP737", "cp775": "IBM775",
    "cp850": "IBM850", "cp852": "IBM852", "cp857": "IBM857", "cp862": "IBM862", "cp866": "IBM866",
}  # fmt: skip
MULTIBYTE = {"cp932", "euc_jis_2004", "cp949", "gb18030", "big5hkscs"}
_FOREIGN = re.compile("[^\x00-\x7f]")
# Characters that no list contains: controls except white space, U+FFFD, private use.
HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
# The standards that these encodings extend; names seldom need more.
_COMMON = {"cp932": "shift_jis", "cp949": "euc_kr", "gb18030": "gb2312", "big5hkscs": "big5"}
_RARE = 0.75  # of a word
_WINDOWS = re.compile(r"cp12\d\d|cp874|cp932|cp949|gb18030|big5hkscs")
# Chosen on lists of 2, 5 and 50 people in 22 languages, 52 encodings and 7 countries. The country counts more if the
# text is short: for one word twice as much as for fifty.
_HOME, _HOME_OF_FEW_WORDS, _MULTIBYTE_HOME = 1.6, 1.5, 3
_NOT_WINDOWS, _MAC = 0.95, 0.7
_ABROAD = 0.8
_LEAST_SENSE, _LEAST_SENSE_AT_HOME = 0.8, 0.6  # share of words
_SMALL = 0.4  # taken off if all words begin with small letters


def guess_encoding(sample: bytes, high_bytes: bytes, country: str | None) -> str | None:
    """Return the codec that reads a text best, or None if none makes words of it.

    `sample` are lines with bytes above 127, `high_bytes` those bytes of the whole text: an encoding of single bytes
    that leaves one open is ruled out. chardet says how likely a language's pairs of letters are. On lists as short
    as people's that decides seldom, so letters that no language has side by side count more, and so does the country.
    """
    likely = _run_chardet(sample, NAMES)
    rated = {}
    for name in NAMES:
        if rating := _rate(name, sample, high_bytes, country):
            rated[name] = rating * (_rate_capitals(sample, name) or likely.get(name, 0) + 1e-4)
    return max(rated, key=rated.__getitem__, default=None)


def _run_chardet(sample: bytes, names: Iterable[str], no_match: str = "cp1252") -> dict[str | None, float]:
    ranking = chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=names, no_match_encoding=no_match
    )
    return {found["encoding"]: found["confidence"] for found in ranking}


def _rate_capitals(sample: bytes, name: str) -> float:
    """Return how likely a text of capitals is with small ones instead, which is all that chardet knows; else 0."""
    text = sample.decode(name)
    letters = "".join(filter(str.isalpha, _FOREIGN.findall(text)))
    if sum(map(str.isupper, letters)) * 2 <= len(letters):
        return 0
    return _run_chardet(text.title().encode(name, "ignore"), [name], name).get(name, 0)


def _rate(name: str, sample: bytes, high_bytes: bytes, country: str | None) -> float:
    try:
        text = sample.decode(name)
        if name not in MULTIBYTE:
            high_bytes.decode(name)
    except UnicodeDecodeError:
        return 0
    words = foreign_words(text)
    if HIDDEN.search(text):
        return 0
    plausible = [word for word in words if is_plausible(word)]
    home = _MULTIBYTE_HOME if name in MULTIBYTE else _HOME + _HOME_OF_FEW_WORDS / max(len(words), 1)
    is_windows = _WINDOWS.fullmatch(name) is not None
    rating = 0.0
    for language in LANGUAGES:
        if name not in language.codecs.split():
            continue
        spelled = sum(_spell(word, language, name) for word in plausible) / len(words) if words else 1
        weight = 1 if country in language.countries.split() else language.weight
        at_home = is_home(language, country)
        if spelled >= (_LEAST_SENSE_AT_HOME if at_home and is_windows else _LEAST_SENSE):
            rating = max(rating, spelled**6 * weight * (home if at_home else 1 if is_windows else _ABROAD))
    capitals = sum(not word[0].islower() for word in plausible) / len(plausible) if plausible else 1
    rating *= 1 - _SMALL * (1 - capitals)
    return rating * (_MAC if name.startswith("mac") else 1 if is_windows else _NOT_WINDOWS)


def _spell(word: str, language: Language, name: str) -> float:
    if not is_spelled(word, language):
        return 0
    try:
        word.encode(_COMMON.get(name, "utf-8"))
    except UnicodeEncodeError:
        return _RARE
    return 1
