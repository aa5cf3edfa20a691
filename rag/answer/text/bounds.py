"""What bounds a number: ``< 0.05``, ``at most 3``, ``18 or older``."""

from __future__ import annotations

import re

_END = r"(?:\s*(?:about|around|approximately|roughly|the|a|an|or equal to|~|\$))*\s*$"
_TURNED = re.compile(
    rf"(?:\b(?:no|not|never) (?P<below>more|greater|higher|larger|longer|later|older)"
    rf"|\b(?:no|not) (?P<above>less|fewer|lower|smaller|shorter|earlier|younger)) than{_END}",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:<=?|≤|⩽|≲|\b(?:leq?|lt|lesssim|leqslant)|\bas (?:many|much|high|large|long) as"
    r"|\b(?:less|fewer|lower|smaller|shorter|younger|earlier) than|\bat most|\bup to"
    r"|\bnot exceeding|\b(?:a )?maximum of|\bbelow|\bunder)" + _END,
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"(?:>=?|≥|⩾|≳|\b(?:geq?|gt|gtrsim|geqslant)|\bas (?:few|little|low|small) as"
    r"|\b(?:more|greater|higher|larger|longer|older|later) than|\bat least"
    r"|\bexceed(?:s|ed|ing)?|\bsurpass(?:es|ed|ing)?|\bbeyond|\b(?:a )?minimum of|\babove)" + _END,
    re.IGNORECASE,
)
_OVER = re.compile(r"\bover" + _END, re.IGNORECASE)
_OR_MORE = re.compile(
    r"\s*(?:\+|(?:\w+ )?or (?:more|greater|higher|larger|longer|older|above|over|later)\b)", re.IGNORECASE
)
_OR_LESS = re.compile(
    r"\s*(?:\w+ )?or (?:less|fewer|lower|smaller|shorter|younger|below|under|earlier)\b", re.IGNORECASE
)


def bound_at(before: str, after: str, *, time: bool) -> int:
    """How a number is bounded: 1 for that or more, -1 for that or less, 0 for neither.

    Args:
        before: what stands before the number.
        after: what stands behind it and its unit.
        time: whether it counts time: "over five years" is a while, not a bound.
    """
    if turned := _TURNED.search(before):
        return -1 if turned["below"] else 1
    if _BELOW.search(before) or _OR_LESS.match(after):
        return -1
    return int(bool(_ABOVE.search(before) or (not time and _OVER.search(before)) or _OR_MORE.match(after)))
