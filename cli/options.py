"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.types import Filters

Json = Annotated[bool, typer.Option("--json", help="Print the body that the HTTP route would send.")]
TopK = Annotated[int, typer.Option("--top-k", metavar="N", help="How many papers to look at (1 to 50).")]
PaperIds = Annotated[list[str] | None, typer.Option("--paper-id", metavar="ID", help="Only these papers.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Only from these sources.")
]
YearFrom = Annotated[int | None, typer.Option("--year-from", metavar="YEAR", help="From this year on.")]
YearTo = Annotated[int | None, typer.Option("--year-to", metavar="YEAR", help="Up to this year.")]
Authors = Annotated[list[str] | None, typer.Option("--author", metavar="NAME", help="Only by these people.")]
Categories = Annotated[
    list[str] | None, typer.Option("--category", metavar="NAME", help="Only of these categories.")
]


def filters(
    paper_ids: list[str] | None,
    sources: list[str] | None,
    year_from: int | None,
    year_to: int | None,
    authors: list[str] | None,
    categories: list[str] | None,
) -> Filters:
    """The filters that the options name."""
    from rag.types import Filters

    return Filters(
        paper_ids=tuple(paper_ids or ()),
        sources=tuple(sources or ()),
        year_from=year_from,
        year_to=year_to,
        authors=tuple(authors or ()),
        categories=tuple(categories or ()),
    )
