"""LaTeX as it stands in BibTeX fields, read as the text that it prints; formulas stay as they are written."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

_MARKS = re.compile(r"[\\{}~]|``|''|--")
_PERCENT = re.compile(r"(?<!\\)%")
_PRINTED = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textunderscore": "_",
    "textquotesingle": "'",
    "textquotedbl": '"',
}
"""Signs by name, which the library would drop."""


def printed(text: str) -> str:
    """What LaTeX would print; the text itself where it holds no LaTeX, or none that can be read.

    A bare per cent sign is taken for one: exports forget to escape it, and none comments a field.
    """
    if not _MARKS.search(text):
        return text
    try:
        return str(_reader().latex_to_text(_PERCENT.sub(r"\\%", text)))
    except Exception:  # noqa: BLE001  # whatever its parsing runs into, there are the words as written
        return text


@cache
def _reader() -> LatexNodes2Text:
    from pylatexenc.latex2text import (  # half a second's import, for BibTeX alone
        LatexNodes2Text,
        MacroTextSpec,
        get_default_latex_context_db,
    )

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # it warns of each macro that it can't follow
    context = get_default_latex_context_db()
    context.add_context_category(
        "printed",
        prepend=True,
        macros=[MacroTextSpec(name, simplify_repl=sign) for name, sign in _PRINTED.items()],
    )
    return LatexNodes2Text(latex_context=context, math_mode="verbatim", strict_latex_spaces=False)
