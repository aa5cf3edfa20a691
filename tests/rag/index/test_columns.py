"""Filters against a look at every paper."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

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


def _columns(folder: Path, papers: Iterable[Paper]) -> Columns:
    builder = ColumnsBuilder()
    for paper in papers:
        builder.add(paper, 1)
    builder.save(folder)
    return Columns(folder)


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return _columns(tmp_path_factory.mktemp("columns") / "columns", PAPERS)


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


WORD = st.sampled_from(["An", "bee", "Éclair", "cat-nap", "of"])


@settings(deadline=None, max_examples=50)
@given(
    titles=st.lists(st.lists(WORD, max_size=6).map(" ".join), min_size=1, max_size=8),
    initials=st.text("abceno", min_size=1, max_size=3),
    most=st.integers(1, 8),
)
def test_initials_find_the_titles_that_have_them_in_a_row(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str], initials: str, most: int
) -> None:
    papers = [Paper(str(row), title, "Text.") for row, title in enumerate(titles)]
    of = ["".join(word[0] for word in fold(title).replace("-", " ").split()) for title in titles]
    found = _columns(tmp_path_factory.mktemp("titles") / "columns", papers).titled(initials, most)
    assert found == [row for row, letters in enumerate(of) if initials in letters][:most]
