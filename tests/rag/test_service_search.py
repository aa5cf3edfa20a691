"""A search by what stands beside abstracts, on the real service; only the embedding model is a cheap one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.service import Service
from rag.settings import load_settings
from rag.types import Filters
from rag.wiring import open_service
from tests.fakes.embedding import WordHashEmbedding
from tests.rag.retrieve.world import PAPERS


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("service")
    opened = open_service(load_settings(data_dir=folder), WordHashEmbedding())
    opened.ingest_papers(PAPERS)
    yield opened
    opened.close()


def found(service: Service, query: str, filters: Filters | None = None) -> set[str]:
    return {hit.paper.id for hit in service.search(query, filters=filters or Filters()).hits}


def test_an_author_is_found_by_name(service: Service) -> None:
    assert found(service, "Ada Example") == {"sparse"}
    assert service.search("Ada Example").hidden == 0


def test_a_name_among_other_words_is_a_word(service: Service) -> None:
    assert len(found(service, "example protein")) == len(PAPERS)


def test_years_in_the_wording_limit_a_search(service: Service) -> None:
    assert found(service, "papers on networks since 2020") == {"parsing", "proteins"}


def test_filters_given_hold_as_well(service: Service) -> None:
    assert found(service, "papers since 2019", Filters(sources=("second.txt",))) == {"parsing", "proteins"}


def test_what_is_known_beside_abstracts(service: Service) -> None:
    shelf = service._search
    assert shelf.authors() == ("ada example",)
    assert shelf.holds(Filters(year_from=2021))
    assert not shelf.holds(Filters(year_from=2022))
    assert shelf.unknown("Parsing zzz") == ("zzz",)
