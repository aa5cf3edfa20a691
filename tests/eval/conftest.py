"""A small corpus, questions over it, and a service that answers them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from eval.cases import Case, Quote
from eval.parameters import CodeVersion, CorpusVersion, Parameters
from eval.run import Asking, run
from eval.rundir import Run, read_run
from rag.settings import Settings, load_settings
from rag.types import Paper
from tests.fakes.service import FakeService

PAPERS = (
    Paper("bees", "Bees", "Bees dance to tell where flowers grow. A dance lasts two minutes."),
    Paper("owls", "Owls", "Owls hear mice under deep snow. Their ears sit at unequal heights."),
    Paper("eels", "Eels", "Eels swim to the Sargasso Sea. No eel has been seen to spawn."),
    Paper("ants", "Ants", "Ants carry fifty times their weight. Colonies have one queen."),
)


def answerable(name: str, question: str, paper: str, quote: str, fact: str, split: str = "dev") -> Case:
    return Case(
        id=name,
        kind="answerable",
        style="ordinary",
        split="dev" if split == "dev" else "test",
        question=question,
        expect="answered",
        gold_papers=(paper,),
        gold_quotes=(Quote(paper_id=paper, quote=quote),),
        key_facts=(fact,),
        reference_answer=quote,
    )


CASES = (
    answerable(
        "a1", "Where do bees dance?", "bees", "Bees dance to tell where flowers grow.", "flowers grow"
    ),
    answerable("a2", "Do owls hear mice?", "owls", "Owls hear mice under deep snow.", "under deep snow"),
    answerable("a3", "Where do eels swim?", "eels", "Eels swim to the Sargasso Sea.", "Sargasso Sea", "test"),
    answerable(
        "a4", "Ants carry what weight?", "ants", "Ants carry fifty times their weight.", "fifty", "test"
    ),
    Case(
        id="u1",
        kind="unanswerable",
        category="off_domain",
        split="dev",
        question="Which visa suits Japanese tourists now?",
        expect="refused",
    ),
    Case(
        id="u2",
        kind="unanswerable",
        category="false_premise",
        split="test",
        question="Who has seen an eel spawn?",
        expect="refused",
        about=("eels",),
        corrections=(Quote(paper_id="eels", quote="No eel has been seen to spawn."),),
    ),
    Case.model_validate(
        {
            "id": "c1",
            "kind": "conversation",
            "category": "follow_up",
            "split": "test",
            "history": [
                {"role": "user", "content": "Tell me about colonies of ants"},
                {"role": "assistant", "content": "Colonies have one queen."},
            ],
            "question": "What weight?",
            "expect": "answered",
            "gold_papers": ["ants"],
            "gold_quotes": [{"paper_id": "ants", "quote": "Ants carry fifty times their weight."}],
            "key_facts": ["fifty times"],
            "reference_answer": "Fifty times.",
        }
    ),
    Case(id="t1", kind="conversation", category="thanks", split="dev", question="thanks!", expect="answered"),
)

PARAMETERS = Parameters(
    suite="small",
    suite_sha256="0" * 64,
    questions=len(CASES),
    split="all",
    mode="extractive",
    top_k=10,
    seed=0,
    workers=2,
    baselines=(),
    corpus=CorpusVersion(papers=4, revision=1, generation=1, sha256="0" * 64),
    models={"embedding": "words", "writing": "words"},
    prompts={},
    settings={},
    judge="",
    code=CodeVersion(version="0", commit="", dirty=False),
    python="3",
)


@dataclass
class FakeSession:
    """A way to fake services."""

    data_dir: Path | None = None
    open_service: Callable[[Settings], FakeService] = field(default=lambda _: FakeService(PAPERS))

    def settings(self) -> Settings:
        return load_settings()


@pytest.fixture
def service() -> FakeService:
    return FakeService(PAPERS)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small set's run: intervals take long to draw, and are the same for every test."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    run(FakeService(PAPERS), CASES, PARAMETERS, Asking(), out=folder)
    return folder


@pytest.fixture
def make_run(tmp_path: Path, small_run: Path) -> Callable[..., Run]:
    """Runs a set on a service and reads the run back; without either, a copy of the small set's run."""

    def make(name: str, service: FakeService | None = None, cases: tuple[Case, ...] = CASES) -> Run:
        if service is None and cases == CASES:
            shutil.copytree(small_run, tmp_path / name)
        else:
            run(service or FakeService(PAPERS), cases, PARAMETERS, Asking(), out=tmp_path / name)
        return read_run(tmp_path / name)

    return make
