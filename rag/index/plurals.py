"""Plurals that no stemmer knows, as their singulars: "mice" and "mouse", "matrices" and "matrix" are one."""

from __future__ import annotations

from collections.abc import Iterator

_BY_ENDING = {  # by the endings of plural and singular, what stands before them; "" is a word, too
    ("yses", "ysis"): "anal catal dial electrol hydrol lipol paral pyrol proteol glycol urinal",
    ("oses", "osis"): "diagn progn thromb fibr necr scler sten apopt mit mei cirrh neur psych anastom symbi",
    ("theses", "thesis"): " hypo syn biosyn photosyn paren pros anti",
    ("ases", "asis"): "metast homeost hemost st periph",
    ("ises", "isis"): "cr",
    ("axes", "axis"): "",
    ("trices", "trix"): "ma",
    ("dices", "dex"): "in co",
    ("dices", "dix"): "appen",
    ("tices", "tex"): "ver vor cor",
    ("lices", "lix"): "he",
    ("lices", "lex"): "simp",
    ("ices", "ex"): "ap",
    ("i", "us"): "nucle stimul loc foc radi fung bacill alveol thromb embol calcul hippocamp vill tor "
    "hypothalam thalam bronch syllab termin modul streptococc staphylococc enterococc uter",
    (
        "a",
        "um",
    ): "bacteri spectr maxim minim optim extrem equilibri strat quant ser ov sept symposi mycobacteri "
    "epitheli endotheli endometri millenni continu",
    ("a", "on"): "mitochondri criteri phenomen automat gangli tax polyhedr tetrahedr",
    ("ae", "a"): "larv formul vertebr alg nebul antenn lacun hyph burs fistul papill",
    ("era", "us"): "gen",
    ("ora", "us"): "corp",
    ("lves", "lf"): "ha ca wo she",
    ("men", "man"): " wo",
    ("ice", "ouse"): "m l",
}
_OTHERS = {"children": "child", "feet": "foot", "teeth": "tooth"}


def _pairs() -> Iterator[tuple[str, str]]:
    for (plural, singular), words in _BY_ENDING.items():
        for word in words.split(" "):
            yield word + plural, word + singular
    yield from _OTHERS.items()


_SINGULARS = dict(_pairs())


def singular(word: str) -> str:
    """The singular of an irregular plural, in lower case; itself where it is none."""
    return _SINGULARS.get(word, word)
