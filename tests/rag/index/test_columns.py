"""Filters against a look at every paper."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.index.columns import Columns, ColumnsBuilder
from rag.library.records import fold
from rag.types import Filters, Paper
from tests.rag.index.sample import entry

PAPERS = [entry(number).paper for number in range(60)]
NAMES = st.lists(
    st.sampled_from(["author 3", "ADA ÅNGSTRÖM", "a.TXT", "b.txt", "CS.cl", "nobody"]), max_size=2
)
YEARS = st.none() | st.integers(1995, 2025)
FILTERS = st.builds(
    Filters,
    paper_ids=st.lists(st.sampled_from(["p00003", "p00010", "absent"]), max_size=3).map(tuple),
    sources=NAMES.map(tuple),
    year_from=YEARS,
    year_to=YEARS,
    authors=NAMES.map(tuple),
    categories=NAMES.map(tuple),
)


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    folder = tmp_path_factory.mktemp("columns") / "columns"
    builder = ColumnsBuilder()
    for paper in PAPERS:
        builder.add(paper, 1)
    builder.save(folder)
    return Columns(folder)


def lets_through(filters: Filters, paper: Paper) -> bool:
    def any_of(asked: tuple[str, ...], has: tuple[str, ...]) -> bool:
        return not asked or bool({fold(name) for name in asked} & {fold(name) for name in has})

    return (
        (not filters.paper_ids or paper.id in filters.paper_ids)
        and (filters.year_from is None or (paper.year is not None and paper.year >= filters.year_from))
        and (filters.year_to is None or (paper.year is not None and paper.year <= filters.year_to))
        and any_of(filters.sources, paper.sources)
        and any_of(filters.authors, paper.authors)
        and any_of(filters.categories, paper.categories)
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS)
def test_a_mask_equals_looking_at_every_paper(columns: Columns, filters: Filters) -> None:
    assert columns.mask(filters).tolist() == [lets_through(filters, paper) for paper in PAPERS]


def test_ids_and_rows_are_each_others_inverse(columns: Columns) -> None:
    assert [columns.row(paper_id) for paper_id in columns.ids] == list(range(len(PAPERS)))
    assert columns.row("absent") is None
