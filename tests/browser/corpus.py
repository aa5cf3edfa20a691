"""Papers to look at: bundled ones, ones with all that a paper can have, and ones that mean harm."""

from __future__ import annotations

from itertools import islice

from data import bundled_papers
from rag.corpus import read_papers
from rag.types import Paper

MATHS = Paper(
    id="10.1000/maths.1",
    title=r"Sparse $\alpha$-stable attention with $O(n^2)$ memory",
    abstract="Attention maps 😀 are heavy-tailed 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 objects. We fit zirconium tails to α-stable laws. "
    "Memory falls by a factor of four. Nothing else changes.",
    authors=("Ada Example", "Bo Example"),
    year=2021,
    url="https://example.org/maths",
    sources=("own.jsonl",),
    categories=("cs.CL",),
)
TIDES = Paper(
    id="tides",
    title="Tidal turbines under ice",
    abstract="Tidal turbines freeze in winter. We heat the blades of tidal turbines with waste warmth. "
    "Yield rises by 31 percent in January.",
    authors=("Bo Example",),
    year=2019,
    url="https://example.org/tides",
    sources=("own.jsonl",),
    categories=("eess.SY",),
)
UNTITLED = Paper(
    id="untitled/7", title="", abstract="Quokkas nap at noon under saltbush. At dusk they forage.", year=2018
)

EVIL = "http://evil.example"
HOSTILE = (
    Paper(
        id="evil/1?x=#y",
        title=f"<script>alert(1)</script><img src={EVIL}/a.png onerror=alert(2)> marmalade",
        abstract="Marmalade <img src=x onerror=alert(3)> is orange. "
        "<a href='javascript:alert(4)'>Marmalade</a> is sweet. Marmalade "
        f"![x]({EVIL}/b.png) holds <iframe src={EVIL}></iframe> pectin.",
        authors=("<b onmouseover=alert(5)>Mallory</b>",),
        url="https://example.org/ok",
    ),
    Paper(
        id="evil-2",
        title="javascript:alert(6) \u202egnirts desrever\u202c marmalade",
        abstract="Marmalade turns \u202eback to front\u202c in its jar. \u2066Marmalade\u2069 sets.",
        authors=("\u202eyrollaM",),
        url="javascript:alert(7)",
    ),
    Paper(
        id="evil-3",
        title="w" * 2_000,
        abstract="Marmalade " + "x" * 10_000 + " boils. Marmalade " + "\u0301" * 500 + " cools.",
        authors=("y" * 5_000,),
        url="data:text/html,<script>alert(8)</script>",
    ),
)


def sample() -> list[Paper]:
    """A small corpus of real abstracts, two with all that a paper can have, and one without a title."""
    with bundled_papers()[0].open("rb") as stream:
        records = list(islice(read_papers(stream, name="first.txt"), 26))
    return [*(record for record in records if isinstance(record, Paper)), MATHS, TIDES, UNTITLED]
