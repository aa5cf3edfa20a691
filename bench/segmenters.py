"""Compares sentence segmenters on the hard cases and on the bundled abstracts.

The others are no dependency of the project. In an environment of its own::

    pip install nltk pysbd blingfire syntok segtok spacy sentencex sentence-splitter
    python -m bench.segmenters

What isn't installed is left out. CPU time is taken in one run, so only its ratios mean much.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from rag.corpus import read_papers, sentence_spans
from rag.types import Paper

ROOT = Path(__file__).parents[1]
Ends = Callable[[str], set[int]]


def hard_cases() -> Iterator[tuple[str, set[int]]]:
    """Texts with the offsets at which a sentence ends inside them."""
    for line in (ROOT / "tests/data/corpus/hard_sentences.txt").read_text("utf-8").splitlines():
        case = line.replace("\\n", "\n")
        text = case.replace(" | ", " ").replace("|", "")
        yield text, _ends(text, case.split("|"))


def abstracts() -> list[str]:
    """The bundled abstracts, each once."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "data/papers").glob("*.txt")):
        with path.open("rb") as stream:
            papers = (item for item in read_papers(stream, name=path.name) if isinstance(item, Paper))
            found.update((paper.id, paper.abstract) for paper in papers)
    return list(found.values())


def _ends(text: str, sentences: Iterable[str]) -> set[int]:
    """Where each of the sentences ends in the text, but for the last."""
    ends, at = set(), 0
    for sentence in filter(None, map(str.strip, sentences)):
        found = text.find(sentence, at)
        if found >= 0:
            at = found + len(sentence)
            ends.add(at)
    return ends - {len(text)}


def _of_strings(split: Callable[[str], Iterable[str]]) -> Ends:
    return lambda text: _ends(text, split(text))


def _syntok() -> Ends:
    segmenter = import_module("syntok.segmenter")

    def ends(text: str) -> set[int]:
        last = [list(sentence)[-1] for paragraph in segmenter.analyze(text) for sentence in paragraph]
        return {token.offset + len(token.value) for token in last} - {len(text)}

    return ends


def _spacy() -> Ends:
    pipeline: Any = import_module("spacy").blank("en")
    pipeline.add_pipe("sentencizer")
    return _of_strings(lambda text: [sentence.text for sentence in pipeline(text).sents])


def _pysbd() -> Ends:
    segmenter = import_module("pysbd").Segmenter(language="en", clean=False)
    return _of_strings(segmenter.segment)


def _punkt() -> Ends:
    """Punkt with the English model of nltk, as llama-index-core ships it."""
    static = Path(str(import_module("llama_index.core").__file__)).parent / "_static" / "nltk_cache"
    import_module("nltk").data.path.insert(0, str(static))
    return _of_strings(import_module("nltk.tokenize.punkt").PunktTokenizer("english").tokenize)


SEGMENTERS: dict[str, Callable[[], Ends]] = {
    "rag.corpus.sentences": lambda: lambda text: {span.end for span in sentence_spans(text)} - {len(text)},
    "punkt, English model": _punkt,
    "pysbd": _pysbd,
    "segtok": lambda: _of_strings(import_module("segtok.segmenter").split_multi),
    "syntok": _syntok,
    "blingfire": lambda: _of_strings(
        lambda text: import_module("blingfire").text_to_sentences(text).split("\n")
    ),
    "sentencex": lambda: _of_strings(lambda text: import_module("sentencex").segment("en", text)),
    "sentence-splitter": lambda: _of_strings(
        import_module("sentence_splitter").SentenceSplitter(language="en").split
    ),
    "spaCy sentencizer": _spacy,
}


def main() -> None:
    """Prints a table."""
    cases, texts = list(hard_cases()), abstracts()
    print(f"| segmenter | of {len(cases)} cases right | false ends | missed ends | abstracts/s |")
    print("|---|---|---|---|---|")
    for name, build in SEGMENTERS.items():
        try:
            ends = build()
        except ImportError:
            continue
        found = [(gold, ends(text)) for text, gold in cases]
        start = time.process_time()
        for text in texts:
            ends(text)
        rate = len(texts) / (time.process_time() - start)
        right = sum(gold == got for gold, got in found)
        false, missed = (sum(len(a - b) for a, b in pairs) for pairs in ([(g, w) for w, g in found], found))
        print(f"| {name} | {right} | {false} | {missed} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
