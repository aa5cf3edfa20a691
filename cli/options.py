"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from api.wire.fields import FiltersIn

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


Url = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Ask the service that runs there, not the data folder here."),
]
ApiKey = Annotated[
    str | None, typer.Option(metavar="KEY", help="Key for that service; CITEWELL_API_KEY unless given.")
]


def filters(
    paper_ids: list[str] | None,
    sources: list[str] | None,
    year_from: int | None,
    year_to: int | None,
    authors: list[str] | None,
    categories: list[str] | None,
) -> FiltersIn | None:
    """The filters that the options name, bounds unchecked: whoever answers checks them."""
    from api.wire.fields import FiltersIn

    given: dict[str, Any] = {
        "paper_ids": paper_ids,
        "sources": sources,
        "year_from": year_from,
        "year_to": year_to,
        "authors": authors,
        "categories": categories,
    }
    wanted = {name: value for name, value in given.items() if value is not None and value != []}
    return FiltersIn.model_construct(**wanted) if wanted else None
