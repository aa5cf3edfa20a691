"""The numbers that a sentence states, however spelt: ``1,000``, ``76.5 percent``, ``3e-4``, ``twelve``.

With a number go its unit and what it is counted by (``5 mg/kg``), the bound that is put on it (``< 0.05``,
``at most 3``) and the range that it ends (``10 to 20``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.answer.text.bounds import bound_at
from rag.answer.text.tokens import plain


def _spellings(name: str) -> set[str]:
    """A unit's name in either number, and as Americans spell it."""
    forms = {name, re.sub("tre$", "ter", name)} if name else set()
    return forms | {f"{form}s" for form in forms}


# fmt: off
_PLAIN_UNITS = (
    "mg", "g", "kg", "ml", "l", "mm", "cm", "m", "km", "nm", "kb", "mb", "gb", "tb", "hz", "khz", "mhz",
    "ghz", "db", "kda", "bp", "ev", "kev", "mev", "gev", "°c", "ms",
)
_TO_NINETEEN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_BY_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MAGNITUDES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9,
}
_SPELT = {
    "m": "metre", "km": "kilometre", "cm": "centimetre", "mm": "millimetre", "nm": "nanometre",
    "l": "litre", "ml": "millilitre", "g": "gram", "kg": "kilogram", "mg": "milligram", "ms": "millisecond",
    "kda": "kilodalton", "ev": "electronvolt", "db": "decibel", "kb": "kilobyte", "mb": "megabyte",
    "gb": "gigabyte", "tb": "terabyte",
}
# fmt: on
_UNITS = {
    "%": ("%", "percent", "per cent"),
    "points": ("percentage point", "percentage points", "points", "pp"),
    "times": ("x", "times", "fold", "-fold", "×"),
    "second": ("s", "sec", "second", "seconds"),
    "minute": ("min", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "month": ("month", "months"),
    "year": ("year", "years", "yr", "yrs"),
    "µg": ("µg", "μg", "mcg", "ug"),
    "µm": ("µm", "μm", "um"),
    **{unit: (unit, *_spellings(_SPELT.get(unit, ""))) for unit in _PLAIN_UNITS},
}
_UNIT_OF = {form: unit for unit, forms in _UNITS.items() for form in forms}
_SMALL = {word: value for value, word in enumerate(_TO_NINETEEN)}
_TENS = {word: 10 * value for value, word in enumerate(_BY_TENS, 2)}
_VALUES: dict[str, float] = {
    **_SMALL,
    **_TENS,
    "half": 0.5,
    "third": 1 / 3,
    "thirds": 1 / 3,
    "quarter": 0.25,
    "quarters": 0.25,
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "thrice": 3,
    "triple": 3,
    "tripled": 3,
    "dozen": 12,
}
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_SUFFIX = "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True))
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_HIGH = "[⁺⁻]?[⁰¹²³⁴-⁹]+"
_NUMBER = re.compile(
    rf"(?:(?:(?<=[\s(\[=<>~≤≥±])|^)(?P<sign>-)|(?<![\w.])(?<!\w-)|(?<=\d-)|(?<=\d[xX])|(?<=[lg]eq)|(?<=[lg]e))"
    rf"(?P<digits>{_DIGITS})"
    rf"(?:\s?[×x*]\s?10(?:\s?\^?\s?(?P<power>[-+]?\s?\d+)|(?P<high>{_HIGH}))|[eE](?P<exponent>[-+]?\d+)"
    rf"|\s?\^\s?(?P<raised>[-+]?\s?\d+)|(?P<raised_high>{_HIGH}))?"
    rf"(?:[\s-]?(?P<size>hundred|thousand|million|billion|trillion|(?-i:[kKMB]))(?![A-Za-z]))?"
    rf"(?:[\s-]{{0,2}}(?P<unit>{_SUFFIX})(?![A-Za-z]))?(?![A-Z]|\w*\d)"
    rf"|(?<![\w-])(?P<word>(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(list(_SMALL)[1:10])}))?|{'|'.join(_VALUES)})"
    rf"(?:[\s-](?P<wsize>hundred|thousand|million|billion|trillion))?(?:[\s-]{{0,2}}(?P<wunit>{_SUFFIX}))?(?![\w])"
    rf"|(?<![\w-])(?P<lone>hundred|thousand|million|billion)(?:[\s-]{{0,2}}(?P<lunit>{_SUFFIX}))?(?![\w])",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\s*(?:-{1,3}|to|and|or|,|, and|, or|vs\.?|versus|/|±|\+/-|than|from)\s*", re.IGNORECASE)
_NOT_COUNTED = frozenset(
    {"one", "zero", "third", "half", "quarter"}
)  # often no number: "one of", "third-party", "first half"


_RANGE = re.compile(r"\s*(?:-{1,3}|to|through)\s*|\s+and\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+\S{0,2}$", re.IGNORECASE)
_CHANGES = re.compile(r"\bfrom\s+\S{0,2}$", re.IGNORECASE)
TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "ms"})
"""Units of time."""
_PER = re.compile(r"\s?/\s?([A-Za-zµμ]+)(?![\w/-]*\d)|\s+per\s+([a-z]+)|\s+(?:a|an|each|every)\s+([a-z]+)")
_ROLE = re.compile(
    r"(?<!\d )(?<!% )\b(by|from|to)(?: (?:a|an|about|around|approximately|roughly))?\s+$", re.IGNORECASE
)
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)
_A_PART = re.compile(r"\b(?:by|to|than|about|nearly|over|least|most)\s+(?:a|one)\s+$", re.IGNORECASE)
_FAR = 30  # characters before a number in which words bound it


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a sentence states it.

    Attributes:
        value: the number.
        unit: empty where it has none.
        start: its place in the sentence, in code points.
        end: behind its unit.
        text: as it stands.
        per: what it is counted by, ``("kg", "day")`` in "5 mg/kg/day".
        bound: 1 where the sentence says that or more, -1 where it says that or less, else 0.
        ends: the range that it is one end of, if it is.
        role: ``by``, ``from`` or ``to`` where that word stands before it: *by* a third is not *to* a third.
    """

    value: float
    unit: str
    start: int
    end: int
    text: str
    per: tuple[str, ...] = ()
    bound: int = 0
    ends: tuple[float, float] | None = None
    role: str = ""

    def agrees(self, other: Quantity) -> bool:
        """Whether a sentence may state this number where its source states the other one.

        The number and its unit are the same; a bound or a range that the source puts is not left out, but
        for "more than", which leaves the number true; none is put that the source lacks.
        """
        return (
            abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
            and self._same_unit(other)
            and self.per == other.per
            and self._bound_by(other)
            and ("" in (self.role, other.role) or self.role == other.role)
        )

    def _same_unit(self, other: Quantity) -> bool:
        return self.unit == other.unit or (
            not {"%", "points"} & {self.unit, other.unit} and "" in (self.unit, other.unit)
        )

    def _bound_by(self, other: Quantity) -> bool:
        if other.ends is None or self.ends is not None:
            return self.bound == other.bound or (self.bound == 0 and other.bound > 0)
        end = max(other.ends) if self.bound < 0 else min(other.ends)
        return self.bound != 0 and self.value == end


def unit_of(form: str) -> str:
    """The unit that a word or a sign is a form of; empty where it is none."""
    return _UNIT_OF.get(form.casefold(), "")


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a sentence, in order; digits within names (``GPT-4``, ``p53``) are none."""
    flat = plain(text)
    found = [_read(match) for match in _NUMBER.finditer(flat)]
    kept = [_with_surroundings(quantity, flat) for quantity in found if quantity is not None]
    for i in range(len(kept) - 2, -1, -1):  # "5-9%", "7, 8 and 9 mg": the unit at the end holds for all
        here, after = kept[i], kept[i + 1]
        if not here.unit and after.unit and _JOINS.fullmatch(flat, here.end, after.start):
            kept[i] = replace(here, unit=after.unit, per=here.per or after.per)
    for i in range(len(kept) - 1):
        if kept[i].role == "from" and _TO.fullmatch(flat, kept[i].end, kept[i + 1].start):
            kept[i + 1] = replace(kept[i + 1], role="to")
        if _is_range(kept, i, flat):
            ends = (kept[i].value, kept[i + 1].value)
            kept[i], kept[i + 1] = replace(kept[i], ends=ends), replace(kept[i + 1], ends=ends)
    return tuple(kept)


def _with_surroundings(quantity: Quantity, flat: str) -> Quantity:
    """The quantity with its bound and with what it is counted by."""
    per: list[str] = []
    end = quantity.end
    while (match := _PER.match(flat, end)) and (quantity.unit or _by(match) in TIMES or per):
        if match[3] and _by(match) not in TIMES:
            break
        per.append(_by(match))
        end = match.end()
    before, after = flat[max(0, quantity.start - _FAR) : quantity.start], flat[end : end + _FAR]
    role = _ROLE.search(before)
    return replace(
        quantity,
        per=tuple(per),
        bound=bound_at(before, after, time=quantity.unit in TIMES),
        role=role[1].casefold() if role else "",
    )


def _by(match: re.Match[str]) -> str:
    word: str = next(filter(None, match.groups()))
    return _UNIT_OF.get(word.casefold(), word.casefold())


def _is_range(found: list[Quantity], i: int, flat: str) -> bool:
    """Whether a number and the next are the two ends of a range, rather than a change or a list."""
    here, after = found[i], found[i + 1]
    joined = _RANGE.fullmatch(flat, here.end, after.start)
    if not joined or here.ends or here.value >= after.value:
        return False
    before = flat[max(0, here.start - _FAR) : here.start]
    return bool(_BETWEEN.search(before)) if "and" in joined.group() else not _CHANGES.search(before)


def _read(match: re.Match[str]) -> Quantity | None:
    part = match.groupdict()
    if part["digits"]:
        value = float(part["digits"].replace(",", "")) * (-1 if part["sign"] else 1)
        if exponent := part["power"] or part["high"] or part["exponent"]:
            value *= _power(10.0, exponent)
        elif exponent := part["raised"] or part["raised_high"]:
            value = _power(value, exponent)
        size, unit = part["size"], part["unit"]
    elif part["word"]:
        value, size, unit = _spelt(part["word"]), part["wsize"], part["wunit"]
        before, behind = match.string[: match.start()][-_FAR:], match.string[match.end() :]
        is_part = _A_PART.search(before) or re.match(r"\s+of\b", behind)
        if part["word"].casefold() in _NOT_COUNTED and not (size or unit or is_part):
            return None
    else:
        value, size, unit = 1.0, part["lone"], part["lunit"]
    if size:
        value *= _MAGNITUDES.get(size) or _MAGNITUDES[size.casefold()]
    return Quantity(value, unit_of(unit or ""), match.start(), match.end(), match.group())


def _power(base: float, exponent: str) -> float:
    """A power; without end where it is too large for a number, which then agrees with none."""
    try:
        return float(base ** int(exponent.translate(_RAISED).replace(" ", "")))
    except (OverflowError, ZeroDivisionError, ValueError):
        return float("nan")


def _spelt(word: str) -> float:
    return float(sum(_VALUES[part] for part in re.split(r"[\s-]", word.casefold())))
