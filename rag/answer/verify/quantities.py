"""The numbers that a sentence states, however spelt: ``1,000``, ``76.5 percent``, ``3e-4``, ``twelve``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.verify.tokens import plain

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
# fmt: on
_UNITS = {
    "%": ("%", "percent", "per cent"),
    "points": ("percentage point", "percentage points", "pp"),
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
    **{unit: (unit,) for unit in _PLAIN_UNITS},
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
_NUMBER = re.compile(
    rf"(?:(?:(?<=[\s(\[=<>~≤≥±])|^)(?P<sign>-)|(?<![\w.])(?<!\w-)|(?<=\d-)|(?<=\d[xX]))(?P<digits>{_DIGITS})"
    r"(?:\s?[×x*]\s?10\s?\^?\s?(?P<power>[-+]?\s?\d+)|[eE](?P<exponent>[-+]?\d+))?"
    rf"(?:[\s-]?(?P<size>hundred|thousand|million|billion|trillion|(?-i:[kKMB]))(?![A-Za-z]))?"
    rf"(?:[\s-]{{0,2}}(?P<unit>{_SUFFIX})(?![A-Za-z]))?(?![A-Z]|\w*\d)"
    rf"|(?<![\w-])(?P<word>(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(list(_SMALL)[1:10])}))?|{'|'.join(_VALUES)})"
    rf"(?:[\s-](?P<wsize>hundred|thousand|million|billion|trillion))?(?:[\s-]{{0,2}}(?P<wunit>{_SUFFIX}))?(?![\w])"
    rf"|(?<![\w-])(?P<lone>hundred|thousand|million|billion)(?:[\s-]{{0,2}}(?P<lunit>{_SUFFIX}))?(?![\w])",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\s*(?:-|to|and|or|,|, and|, or|vs\.?|versus|/|±|\+/-|than|from)\s*", re.IGNORECASE)
_NOT_COUNTED = frozenset(
    {"one", "zero", "third", "half", "quarter"}
)  # often no number: "one of", "third-party", "first half"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (empty where it has none), and where it stands in the sentence."""

    value: float
    unit: str
    start: int
    end: int
    text: str

    def agrees(self, other: Quantity) -> bool:
        """Whether both state the same: equal numbers, and units that do not differ."""
        same = abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
        return same and (
            self.unit == other.unit
            or (not {"%", "points"} & {self.unit, other.unit} and "" in (self.unit, other.unit))
        )


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a sentence, in order; digits within names (``GPT-4``, ``p53``) are none."""
    flat = plain(text)
    found = [_read(match) for match in _NUMBER.finditer(flat)]
    kept = [quantity for quantity in found if quantity is not None]
    for i in range(len(kept) - 2, -1, -1):  # "5-9%", "7, 8 and 9 mg": the unit at the end holds for all
        here, after = kept[i], kept[i + 1]
        if not here.unit and after.unit and _JOINS.fullmatch(flat, here.end, after.start):
            kept[i] = Quantity(here.value, after.unit, here.start, here.end, here.text)
    return tuple(kept)


def _read(match: re.Match[str]) -> Quantity | None:
    part = match.groupdict()
    if part["digits"]:
        value = float(part["digits"].replace(",", "")) * (-1 if part["sign"] else 1)
        power = part["power"] or part["exponent"]
        value *= 10.0 ** int(power.replace(" ", "")) if power and len(power) < 6 else 1
        size, unit = part["size"], part["unit"]
    elif part["word"]:
        value, size, unit = _spelt(part["word"]), part["wsize"], part["wunit"]
        if part["word"].casefold() in _NOT_COUNTED and not (size or unit):
            return None
    else:
        value, size, unit = 1.0, part["lone"], part["lunit"]
    if size:
        value *= _MAGNITUDES.get(size) or _MAGNITUDES[size.casefold()]
    return Quantity(
        value, _UNIT_OF.get((unit or "").casefold(), ""), match.start(), match.end(), match.group()
    )


def _spelt(word: str) -> float:
    return sum(_VALUES[part] for part in re.split(r"[\s-]", word.casefold()))
