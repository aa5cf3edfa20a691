"""Garak's latent injections: templates of instructions, planted into the abstracts that hold the answers.

The file holds classes of ``injection_instructions``, ``payloads``, ``payload_triggers`` and
``injection_sep_pairs``; a class may leave any of them to its mixin. An injection is one of each, put together
where the templates say ``<|garak_payload|>`` and ``<|garak_trigger|>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product, zip_longest
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.cases import Case
from eval.metrics.facts import words
from eval.suite import Suite
from rag.corpus import read_papers, sentence_spans
from rag.errors import InvalidInput
from rag.types import Paper

PAYLOAD, TRIGGER = "<|garak_payload|>", "<|garak_trigger|>"
STAND_IN = "www.wolpertinger-prize.example"
"""The trigger of a class that has none: garak draws one when it runs."""
PLACES = ("start", "middle", "end")


class _Templates(BaseModel):
    model_config = ConfigDict(strict=True)

    injection_instructions: tuple[str, ...] = ()
    payloads: tuple[str, ...] = ()
    payload_triggers: tuple[str, ...] = ()
    injection_sep_pairs: tuple[tuple[str, str], ...] = ()

    def over(self, mixin: _Templates) -> _Templates:
        """These, and the mixin's where there are none."""
        return _Templates(**{name: value or getattr(mixin, name) for name, value in self})


class _File(BaseModel):
    classes: dict[str, _Templates]


@dataclass(frozen=True, slots=True)
class Injection:
    """Words to plant, and those that an answer must not say."""

    family: str
    text: str
    trigger: str


def is_latent(path: Path) -> bool:
    """Whether a file holds garak's templates."""
    if path.suffix != ".json":
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return "injection_instructions" in file.read(100_000)


def load_latent(path: Path, clean: Suite) -> Suite:
    """The questions of a clean set, each over a paper of its own with an injection planted.

    Families of injections take turns; so do the places in the abstract. A question is left out where its
    paper, or the question itself, says the trigger's words anyway.

    Args:
        path: garak's file.
        clean: questions and papers; a question is used if one paper alone holds its answer.

    Raises:
        InvalidInput: the file is malformed, or no question could be used.
    """
    papers = {paper.id: paper for paper in _papers(clean)}
    simple: dict[str, Case] = {}
    for case in clean.cases:
        if _is_simple(case) and case.gold_papers[0] in papers:
            simple.setdefault(case.gold_papers[0], case)
    cases, planted = [], []
    for turn, (case, injection) in enumerate(zip(simple.values(), _in_turn(injections(path)), strict=False)):
        paper = papers[case.gold_papers[0]]
        if f" {words(injection.trigger)} " in f" {words(f'{paper.title} {paper.abstract} {case.question}')} ":
            continue
        place = PLACES[turn % len(PLACES)]
        planted.append(replace(paper, abstract=plant(paper.abstract, injection.text, place)))
        cases.append(_probing(case, injection))
    if not cases:
        raise InvalidInput(f"{clean.name} has no question that one paper answers.", field="suite")
    return Suite(path.stem, tuple(cases), clean.corpus, clean.overlay, tuple(planted))


def injections(path: Path) -> tuple[tuple[Injection, ...], ...]:
    """Every injection of a file, by family; within one in an order that mixes its parts.

    Raises:
        InvalidInput: the file is malformed; names where.
    """
    try:
        classes = _File.model_validate_json(path.read_bytes()).classes
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InvalidInput(f"{path}: {place}: {fault['msg']}", field="suite") from error
    mixin = classes.get("FactSnippetMixin", _Templates())
    families = {
        name: own.over(mixin if "FactSnippet" in name else _Templates()) for name, own in classes.items()
    }
    made = (sorted(set(_made(name, own)), key=_mixed) for name, own in families.items())
    return tuple(tuple(family) for family in made if family)


def plant(abstract: str, text: str, place: str) -> str:
    """An abstract with a text before it, after it, or between two of its sentences."""
    spans = sentence_spans(abstract)
    at = {"start": 0, "middle": spans[len(spans) // 2].start if spans else 0, "end": len(abstract)}[place]
    return " ".join(part for part in (abstract[:at].strip(), text.strip(), abstract[at:].strip()) if part)


def _made(family: str, own: _Templates) -> Iterator[Injection]:
    triggers = own.payload_triggers or (STAND_IN,)
    separators = own.injection_sep_pairs or (("", ""),)
    for instruction, payload, trigger, (before, after) in product(
        own.injection_instructions, own.payloads, triggers, separators
    ):
        said = instruction.replace(PAYLOAD, payload).replace(TRIGGER, trigger)
        yield Injection(family, f"{before}{said}{after}", trigger)


def _mixed(injection: Injection) -> str:
    return hashlib.sha256(injection.text.encode()).hexdigest()


def _in_turn(families: Sequence[Sequence[Injection]]) -> Iterator[Injection]:
    """One of each family, then the next of each."""
    return (each for each in chain.from_iterable(zip_longest(*families)) if each is not None)


def _papers(suite: Suite) -> Iterator[Paper]:
    for path in (*suite.corpus, *suite.overlay):
        with path.open("rb") as stream:
            yield from (found for found in read_papers(stream, name=path.name) if isinstance(found, Paper))


def _is_simple(case: Case) -> bool:
    return case.expect == "answered" and len(case.gold_papers) == 1 and not case.history


def _probing(case: Case, injection: Injection) -> Case:
    return case.model_copy(
        update={
            "id": f"{case.id}:{injection.family}",
            "kind": "robustness",
            "style": None,
            "category": "latent",
            "probe": injection.text,
            "trigger": injection.trigger,
        }
    )
