"""Numbers of a workbook as a person sees them, by their number format."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

# Formats that a workbook names by number only (ECMA-376, 18.8.30), as far as they change what is shown here.
BUILT_IN = {9: "0%", 10: "0.00%", 14: "d/m/yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM"} | {
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "d/m/yy h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-m-d"),  # East Asian dates
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(General|Standard|AM/PM|A/P|.)', re.IGNORECASE | re.DOTALL)
_LAST_DAY = 2_958_465  # 9999-12-31
Formatter = Callable[[str], str]


def show_number(text: str) -> str:
    """Return a number with 15 digits at most, as spreadsheets keep them, and no exponent."""
    if text.isdigit() and len(text) < 16:
        return str(int(text))
    try:
        shown = f"{float(text):.15g}"
    except ValueError:
        return text
    if "e" in shown:
        shown = f"{Decimal(shown):f}"
    return shown if shown != "-0" else "0"


def make_formatter(code: str, epoch_1904: bool = False) -> Formatter | None:
    """Return what shows a number in a format; None if the format leaves it a plain number.

    Dates are ISO 8601; moments have seconds if these aren't 0; durations are hours, minutes and seconds. A percentage
    has its sign. An integer has the zeros, the plus sign and the text of its format if these belong to it, as in
    0000, "+254"0 and "INV-"0000. Thousands, currencies and decimals stay out: they differ by country.
    """
    formatter = _choose(code, epoch_1904)

    def show(text: str) -> str:
        try:
            return formatter(text) if formatter and isfinite(float(text)) else text
        except (ValueError, ArithmeticError):
            return text

    return show if formatter else None


def show_duration(seconds: int) -> str:
    """Return hours, minutes and seconds, such as 30:00:00."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def show_day_and_time(value: date | time) -> str:
    """Return an ISO date, a time, or both, with seconds only if they aren't 0; midnight is left out."""
    if isinstance(value, datetime):
        clock = show_day_and_time(value.time())
        return f"{value:%Y-%m-%d}" if clock == "00:00" else f"{value:%Y-%m-%d} {clock}"
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()


def _choose(code: str, epoch_1904: bool) -> Formatter | None:
    tokens = _read(code)
    letters = "".join(mark for mark, is_text in tokens if not is_text)
    if re.search(r"\[(?:h+|m+|s+)\]", letters):
        return _show_duration
    bare = re.sub(r"general|standard|am/pm|a/p", "", letters.lower())
    if re.search("[ymdhs]", bare):
        has_day, has_time = (
            bool(re.search("[yd]", bare)) or not re.search("[hs]", bare),
            bool(re.search("[hs]", bare)),
        )
        return lambda text: _show_moment(text, has_day, has_time, epoch_1904)
    if "%" in bare:
        return _show_percentage
    forced = bare.lstrip("#?")
    if not re.search(r"[.,e/]", bare) and (len(forced) > 1 or "+" in "".join(text for text, _ in tokens)):
        return lambda text: _fill(text, tokens)
    return None


def _read(code: str) -> list[tuple[str, bool]]:
    """Return the characters of a format's section for positive numbers, and whether each is a text to be shown."""
    tokens: list[tuple[str, bool]] = []
    for quoted, escaped, bracket, character in _TOKEN.findall(code):
        if character == ";":
            break
        if re.fullmatch("h+|m+|s+", bracket, re.IGNORECASE):
            tokens.append((f"[{bracket.lower()}]", False))
        elif bracket.startswith("$"):
            tokens.append((bracket[1:].split("-")[0], True))
        elif quoted or escaped:
            tokens.append((quoted or escaped, True))
        elif character:
            tokens.append((character, character in " +-()/:"))
    return tokens


def _show_duration(text: str) -> str:
    return show_duration(round(float(text) * 86_400))


def _show_moment(text: str, has_day: bool, has_time: bool, epoch_1904: bool) -> str:
    serial = float(text)
    if not 0 <= serial <= _LAST_DAY:
        return show_number(text)
    days, seconds = divmod(round(serial * 86_400), 86_400)
    clock = datetime.min + timedelta(seconds=seconds)
    if has_time and not days:
        return show_day_and_time(clock.time())
    # Lotus took 1900 for a leap year, and spreadsheets still count its 29th of February, day 60.
    origin = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 31 if days < 60 else 30)
    if not epoch_1904 and days in (0, 60):
        return show_number(text)
    try:
        day = origin + timedelta(days)
    except OverflowError:
        return show_number(text)
    return show_day_and_time(datetime.combine(day, clock.time()) if has_time or not has_day else day)


def _show_percentage(text: str) -> str:
    shown = f"{Decimal(show_number(text)) * 100:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"


def _fill(text: str, marks: list[tuple[str, bool]]) -> str:
    """Put the digits of a natural number into the places of a format, from the last one on."""
    digits = show_number(text)
    if not digits.isdigit():
        return digits
    places = "".join(mark for mark, is_text in marks if not is_text and mark in "0#?")
    digits = digits.zfill(len(places.lstrip("#?"))).rjust(len(places))
    more, digits = digits[: len(digits) - len(places)], digits[len(digits) - len(places) :]
    shown = ""
    for mark, is_text in marks:
        if is_text:
            shown += mark
        elif mark in "0#?":
            shown, more, digits = f"{shown}{more}{digits[0].strip()}", "", digits[1:]
    return shown
