"""Whether a sentence stands in a paper: the span that supports it best, how surely, and what is wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.answer.linear import Linear, load_fitted
from rag.answer.verify.guard import CONTRADICTING
from rag.answer.verify.second import SecondCheck
from rag.answer.verify.signals import FAULTS, Candidate, Idf, best_candidate, is_literal
from rag.answer.verify.source import Claim, Source, encode_claims, encode_sources
from rag.errors import ConfigError
from rag.index.words import Words
from rag.types import Cancelled, Paper, Span, never


@dataclass(frozen=True, slots=True)
class Support:
    """What a paper has to say to a sentence.

    Attributes:
        paper: the paper.
        span: of its abstract, one sentence or two that follow each other; the best there is.
        score: the probability (0..1) that people would call the sentence supported by it.
        supported: whether it may be sent as supported: likely enough, and no rule broken.
        contradicts: the span speaks of the same and says otherwise.
        reasons: the rules broken, as ``number: 75 %`` or ``negation: not``; ``unlike`` if it is too far off,
            ``second check`` if that disagreed.
        related: the probability with broken rules left aside: whether the span speaks of the same.
    """

    paper: Paper
    span: Span
    score: float
    supported: bool
    contradicts: bool
    reasons: tuple[str, ...]
    related: float

    @property
    def quote(self) -> str:
        """The words of the span."""
        return self.span.of(self.paper.abstract)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The fitted models that turn signals into probabilities, and where they say yes.

    Attributes:
        vectors: for models that give token vectors.
        words: for any other.
        threshold: the probability from which a sentence counts as supported.
        literal: the least probability of a sentence that is made of the span's own words in their order.
    """

    vectors: Linear
    words: Linear
    threshold: float
    literal: float

    @classmethod
    def load(cls) -> Self:
        """The fitted ones (``bench/verify/fit_support.py``).

        Raises:
            ConfigError: the file is missing or damaged.
        """
        data = load_fitted("support")
        vectors, words, threshold, literal = (data[k] for k in ("vectors", "words", "threshold", "literal"))
        models = isinstance(vectors, Mapping) and isinstance(words, Mapping)
        if not (models and isinstance(threshold, float) and isinstance(literal, float)):
            raise ConfigError("The fitted file support.json is damaged: install the package again.")
        return cls(Linear.of(vectors), Linear.of(words), threshold, literal)


class Verifier:
    """Checks sentences against papers. Any thread may check.

    Args:
        model: reads sentences and papers; the judgement is fitted for the bundled one.
        judgement: the fitted one where missing.
        words: the tokenizer; one of its own where missing.
        second: reads once more what the rules let pass, unless it is the paper's very words.
    """

    def __init__(
        self,
        model: BaseEmbedding,
        *,
        judgement: Judgement | None = None,
        words: Words | None = None,
        second: SecondCheck | None = None,
    ) -> None:
        self._model = model
        self._judgement = judgement or Judgement.load()
        self._words = words or Words()
        self._second = second

    def check(self, sentence: str, papers: Paper | Sequence[Paper]) -> Support | None:
        """The best support that one of the papers gives a sentence; None where none has a sentence.

        Raises:
            ModelFailed: the embedding model failed.
        """
        return self.prepare([papers] if isinstance(papers, Paper) else papers).check(sentence)

    def prepare(
        self, papers: Sequence[Paper], idf: Idf | None = None, cancelled: Cancelled = never
    ) -> Prepared:
        """Reads papers once, for many sentences.

        Args:
            papers: those that may be cited.
            idf: how rare a term is among all papers; among these where missing.
            cancelled: whether to stop; looked at while the second check is waited for.

        Raises:
            ModelFailed: the embedding model failed.
        """
        sources = encode_sources(self._model, papers, self._words)
        rarity = idf or _rarity(sources)
        return Prepared(self._model, self._words, self._judgement, sources, rarity, self._second, cancelled)


class Prepared:
    """Papers that were read, to check sentences against."""

    def __init__(
        self,
        model: BaseEmbedding,
        words: Words,
        judgement: Judgement,
        sources: Sequence[Source],
        idf: Idf,
        second: SecondCheck | None = None,
        cancelled: Cancelled = never,
    ) -> None:
        self._model, self._words, self._judgement = model, words, judgement
        self._cancelled = cancelled
        self._sources, self._idf, self._second = tuple(sources), idf, second

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers, in the order given."""
        return tuple(source.paper for source in self._sources)

    @property
    def words(self) -> Words:
        """The tokenizer in use."""
        return self._words

    def check(self, sentence: str) -> Support | None:
        """The best support among all papers; None where none has a sentence."""
        return max(self.check_each(sentence), key=rank, default=None)

    def check_each(self, sentence: str, among: Iterable[int] | None = None) -> list[Support]:
        """What each paper gives the sentence, in their order; papers without a sentence left out.

        Args:
            sentence: without markers.
            among: places of the papers to look at; all where missing.

        Raises:
            ModelFailed: the embedding model, or the second check, failed.
        """
        chosen = self._sources if among is None else [self._sources[i] for i in among]
        if exact := [found for source in chosen if (found := _word_for_word(sentence, source))]:
            return exact
        (claim,) = encode_claims(self._model, [sentence], self._words)
        judged = (self.judge(claim, source) for source in chosen)
        return [self._read_again(sentence, support) for support in judged if support is not None]

    def _read_again(self, sentence: str, support: Support) -> Support:
        """What the second check leaves of a support."""
        if self._second is None or not support.supported:
            return support
        if self._second.agrees(sentence, support.quote, self._cancelled):
            return support
        return replace(support, supported=False, reasons=("second check",))

    def judge(self, claim: Claim, source: Source) -> Support | None:
        """The judgement on one claim and one paper that were read already."""
        best = best_candidate(claim, source, self._idf)
        if best is None:
            return None
        model = (
            self._judgement.vectors
            if len(claim.tokens) and source.token_rows is not None
            else self._judgement.words
        )
        score = max(model.probability(best.signals), self._judgement.literal if is_literal(best) else 0.0)
        clean = {**best.signals, **{f"has_{kind}": 0.0 for kind in FAULTS}}
        return self._support(source, best, score, max(score, model.probability(clean)))

    def _support(self, source: Source, best: Candidate, score: float, related: float) -> Support:
        enough = score >= self._judgement.threshold
        reasons = best.faults or (() if enough else ("unlike",))
        contradicts = related >= self._judgement.threshold and any(
            reason.partition(":")[0] in CONTRADICTING for reason in reasons
        )
        span = source.span(best.first, best.last)
        return Support(source.paper, span, score, enough and not best.faults, contradicts, reasons, related)


def rank(support: Support) -> tuple[bool, float]:
    """Orders supports: those that hold first, then by probability."""
    return support.supported, support.score


def _word_for_word(sentence: str, source: Source) -> Support | None:
    """Support by a sentence of the paper that is the very same."""
    wanted = " ".join(sentence.split())
    for span in source.usable_spans:
        if " ".join(span.of(source.paper.abstract).split()) == wanted:
            return Support(source.paper, span, 1.0, True, False, (), 1.0)
    return None


def _rarity(sources: Sequence[Source]) -> Idf:
    """How rare a term is among the sentences of these papers."""
    sentences = [terms for source in sources for terms in source.terms]
    counts = Counter(term for terms in sentences for term in terms)
    return lambda term: math.log(1 + (len(sentences) - counts[term] + 0.5) / (counts[term] + 0.5))
