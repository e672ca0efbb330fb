"""Letters, scripts and countries of the languages that old encodings were made for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

# Of each kind Windows' own comes first, then those of other systems: ISO, Macs, DOS.
_WESTERN = "cp1252 iso8859-15 mac-roman cp850 cp437"
_CENTRAL = "cp1250 iso8859-2 mac-latin2 cp852"
_CYRILLIC = "cp1251 koi8-r koi8-u iso8859-5 mac-cyrillic cp866"
_BALTIC = "cp1257 cp775"
_TURKIC = "cp1254 mac-turkish cp857"
_GREEK = "cp1253 iso8859-7 mac-greek cp737"


class Language(NamedTuple):
    """Letters beside A to Z, or names of scripts; the codecs that hold them; the countries that write so."""

    letters: str
    codecs: str
    countries: str = ""
    weight: float = 1  # in other countries than these


LANGUAGES = [
    Language("àâæçèéêëîïôœùûüÿ", _WESTERN, "BE BF BI BJ CA CD CF CG CH CI CM DJ DZ FR GA GF GN GP HT KM LU MA MC MG"
             " ML MQ MR NC NE PF RE RW SC SN TD TG TN VU"),
    Language("äöüß", _WESTERN, "AT CH DE LI LU"),
    Language("áéíñóúü", _WESTERN, "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PH PR PY SV UY VE"),
    Language("àáâãçéêíóôõúü", _WESTERN, "AO BR CV GW MZ PT ST TL"),
    Language("àèéìîòóù", _WESTERN, "CH IT SM"),
    Language("äåæéöøü", _WESTERN, "AX DK FI FO GL NO SE"),
    Language("àçèéíïòóúü", _WESTERN, "AD"),
    Language("áæéíðóöúýþ", _WESTERN, "FO IS", 0.5),
    Language("àáâäåæçèéêëìíîïñòóôöøùúûüœß", _WESTERN, "", 0.7),  # names of several languages in one list
    Language("ąćęłńóśźż", _CENTRAL, "PL"),
    Language("áäčďéěíĺľňóôöřŕšťúůüýž", _CENTRAL, "CZ SK"),
    Language("áéíóöőúüű", _CENTRAL, "HU"),
    Language("âăîşţșț", _CENTRAL, "MD RO"),
    Language("ćčđšž", _CENTRAL, "BA HR ME MK RS SI XK"),
    Language("çë", f"{_CENTRAL} {_WESTERN}", "AL XK", 0.5),
    Language("âçğıîöşûü", _TURKIC, "AZ CY TR"),
    Language("ąčėęįšūųž", _BALTIC, "LT"),
    Language("āčēģīķļņōŗšūž", _BALTIC, "LV"),
    Language("äöõšüž", _BALTIC, "EE", 0.5),
    Language("àáâãăèéêìíòóôõơùúưýđĩũ" + "".join(map(chr, range(0x1EA1, 0x1EFA, 2))), "cp1258", "VN"),
    Language("абвгдежзийклмнопрстуфхцчшщъыьэюяё", _CYRILLIC, "BY KG KZ MD MN RU TJ TM UA UZ"),
    Language("абвгдежзийклмнопрстуфхцчшщьюяєіїґ", _CYRILLIC, "UA"),
    Language("абвгдежзйклмнопрстуфхцчшыьэюяёіў", _CYRILLIC, "BY"),
    Language("абвгдежзийклмнопрстуфхцчшщъьюя", _CYRILLIC, "BG"),
    Language("абвгдежзиклмнопрстуфхцчшђјљњћџ", _CYRILLIC, "BA ME RS"),
    Language("абвгдежзиклмнопрстуфхцчшјљњџѓѕќ", _CYRILLIC, "MK"),
    Language("абвгдежзийклмнопрстуфхцчшщъыьэюяёђєіїјљњћўџґѓѕќ", _CYRILLIC, "", 0.7),
    Language("αβγδεζηθικλμνξοπρςστυφχψωΐάέήίΰϊϋόύώ", _GREEK, "CY GR"),
    Language("HEBREW", "cp1255 cp862", "IL"),
    Language("ARABIC", "cp1256 iso8859-6", "AE AF BH DJ DZ EG IL IQ IR JO KM KW LB LY MA MR OM PK PS QA SA SD SO SY"
             " TD TN YE"),
    Language("THAI", "cp874", "TH"),
    Language("CJK HIRAGANA KATAKANA", "cp932 euc_jis_2004", "JP"),
    Language("CJK HIRAGANA KATAKANA HALFWIDTH", "cp932", "JP", 0.1),
    Language("CJK", "gb18030", "CN MY SG"),
    Language("CJK", "big5hkscs", "HK MO TW"),
    Language("HANGUL", "cp949", "KR"),
]  # fmt: skip
_COUNTRIES = {country for language in LANGUAGES for country in language.countries.split()}
_SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI", "HANGUL", "CJK", "HIRAGANA", "KATAKANA"}
_SCRIPTS |= {"HALFWIDTH"}
_UNMARKED = {"LATIN", "CYRILLIC", "GREEK"}  # their marks are part of their letters
_MIXED = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"})
_EASTERN_SIGNS = re.compile("[\u2160-\u217f\u2460-\u24ff\u3001-\u303f\u3200-\u33ff\uff01-\uff20\uff3b-\uff40]")
_WORD = re.compile(r"[^\s\d,;|:\"()<>+./@_=*#!?&%\\-]+")
_SIGNS_IN_WORDS = set("'’‘´·ªº°“”„«»…ー々〇")
_SIGNS = _SIGNS_IN_WORDS | set("€£¥¢§©®™№‹›‚–—•¿¡・、。×½¼¾²³µ`")
_LETTER_IN_NUMBER = re.compile(r"(?<=\d)[^\W\d_](?=\d)")
_NAME_IN_NAME = re.compile("(?:Mac|Mc|De|Di|Du|La|Le)(?=[^a-z])")
_FORM_OF_THE_END = re.compile(r"[ךםןףץς]\w")  # in the middle
_ACCENTED_RUN = re.compile("[^\x00-\x7f'’‘´]{3}")


def is_home(language: Language, country: str | None) -> bool:
    """Return whether a country writes so; one that isn't listed writes as Western Europe does."""
    return country in language.countries.split() if country in _COUNTRIES else language.codecs == _WESTERN


def foreign_words(text: str) -> list[str]:
    """Return the words of a text that have other characters than ASCII, and the letters in the midst of numbers."""
    text = unicodedata.normalize("NFC", text)
    found = [*_WORD.findall(text), *(f"0{letter}0" for letter in _LETTER_IN_NUMBER.findall(text))]
    return [word for word in found if not word.isascii()]


def is_plausible(word: str) -> bool:
    """Return whether letters could follow each other so in any language: one script, capitals first, no signs."""
    kinds = [_kind(character) for character in word]
    scripts = set(kinds) - {"sign", "sign in word", "mark"}
    if not scripts:
        return "mark" not in kinds
    if (
        "sign" in kinds
        or not scripts <= _SCRIPTS
        or ("mark" in kinds and (kinds[0] == "mark" or scripts & _UNMARKED))
    ):
        return False
    if len(scripts) > 1 or scripts <= _MIXED[0]:
        return any(scripts <= mixed for mixed in _MIXED)
    bare = _NAME_IN_NAME.sub("", word, count=1)
    if any(one.islower() and other.isupper() for one, other in pairwise(bare)) or _FORM_OF_THE_END.search(word):
        return False
    return scripts != {"LATIN"} or not _ACCENTED_RUN.search(word)


def is_spelled(word: str, language: Language) -> bool:
    """Return whether a language has the letters of a word."""
    scripts = language.letters.split() if language.letters.isascii() else ()
    return all(
        character in language.letters or _kind(character) in scripts or not _kind(character).isupper()
        for character in word.lower().replace("i\u0307", "i")
        if not character.isascii()
    )


@lru_cache(maxsize=1 << 16)
def _kind(character: str) -> str:
    """Return the script of a letter, "mark", "sign in word", "sign", or "OTHER"."""
    if unicodedata.category(character)[0] == "M":
        return "mark"
    if character in _SIGNS or _EASTERN_SIGNS.match(character):
        return "sign" if character in _SIGNS - _SIGNS_IN_WORDS else "sign in word"
    if not character.isalpha():
        return "OTHER"
    script = re.split("[ -]", unicodedata.name(character, "OTHER"), maxsplit=1)[0]
    return script if script in _SCRIPTS else "LATIN" if script == "FULLWIDTH" else "OTHER"
