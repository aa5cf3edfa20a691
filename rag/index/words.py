r"""From text to the terms that the lexical index counts; documents and questions take the same way.

What is kept findable, beyond plain words:

* compounds: ``k-means`` gives ``k``, ``mean`` and ``kmean``, so that either spelling finds the other;
* numbers: ``3.5`` stays whole, ``1,000`` is ``1000``, ``GPT-3.5`` and ``GPT3.5`` share a term;
* acronyms: ``U.S.A.`` is ``usa``, ``LLMs`` is ``llm``;
* LaTeX leftovers: ``\textbf{BERT}`` is ``bert``, ``$\ell_{1}$`` gives ``ell``, ``1`` and ``ell1``;
* Greek letters: ``TNF-α``, ``TNFα`` and ``TNF-alpha`` share a term, as do ``$\alpha$`` and ``α``;
* accents and look-alike letters are folded: ``Schölkopf`` is found as ``Scholkopf``.

Stemming: Snowball English (Porter2).
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass

import Stemmer

from rag.index.plurals import singular
from rag.index.spelling import american

# Snowball's English list as NLTK has it, but for single letters (here one may be a variable), and what
# scholars abbreviate. Not a package's own: under another list an index would count other terms.
_STOPWORDS = """
a about above after again against ain al all am an and any are aren aren't as at be because been
before being below between both but by can couldn couldn't did didn didn't do does doesn doesn't
doing don don't down during each eg et etc few for from further had hadn hadn't has hasn hasn't have
haven haven't having he her here hers herself him himself his how i ie if in into is isn isn't it
it's its itself just ll ma me mightn mightn't more most mustn mustn't my myself needn needn't no nor
not now of off on once only or other our ours ourselves out over own re same shan shan't she she's
should should've shouldn shouldn't so some such than that that'll the their theirs them themselves
then there these they this those through to too under until up ve very was wasn wasn't we were weren
weren't what when where which while who whom why will with won won't wouldn wouldn't you you'd
you'll you're you've your yours yourself yourselves
"""
STOPWORDS = frozenset(_STOPWORDS.split())

_WORD = re.compile(r"\w+(?:[-/.:^',+&@]\w+)*(?:\+\+|#)?")
_CONTRACTED = re.compile(r"([a-z]+)'(?:s|d|m|t|re|ve|ll)")
_LANGUAGE = re.compile(r"[a-z](?:\+\+|#)")  # C++, C#
_LONGEST = 48  # characters of a term; longer ones are addresses and noise
_REMEMBERED = 200_000  # words whose terms are kept, about 30 MB

_MARKUP = re.compile(r"\\(?:(?:text|math)[a-z]*|emph|operatorname|left|right|rm|bf|it|cal)(?![a-zA-Z])[ \t]*")
_LATEX = re.compile(r"[\\${}]")
_BRACES = str.maketrans({"$": None, "{": None, "}": None, "\\": " "})
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("‘’ʼ", "'"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
        "—": " ",
    }
)

_GREEK = re.compile("(?<![\u0370-\u03ff])[\u0391-\u03a9\u03b1-\u03c9](?![\u0370-\u03ff])")  # a letter alone
_ACCENTS = re.compile("[\u0300-\u036f]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_INNER = re.compile(r"[-_/:^,+&@#]")
_ACRONYMS = re.compile(r"[b-df-hj-np-tv-xz]+[b-df-hj-np-rtv-xz]s")  # LLMs: the stemmer wants a vowel
_APART = frozenset("/:,@")  # what these join are two things, not one spelling of a thing


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in a text (folded), and the terms it gives; none for a stopword."""

    text: str
    terms: tuple[str, ...]


class Words:
    """The tokenizer. Safe to share between threads."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english", 0)  # its own memory takes five times what it saves
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, ...]] = {}

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, repeats kept."""
        known = self._known
        terms: list[str] = []
        for word in _WORD.findall(_plain(text)):
            found = known.get(word)
            terms += self._learn(word) if found is None else found
        return terms

    def words(self, text: str) -> list[Word]:
        """The words of a text, in order, with the terms of each."""
        return [
            Word(word, self._known.get(word) or self._learn(word)) for word in _WORD.findall(_plain(text))
        ]

    def stems(self, words: list[str]) -> list[str]:
        """The term of each of these plain words, stopwords like others; nothing is remembered."""
        with self._lock:
            stems: list[str] = self._stemmer.stemWords([_regular(word) for word in words])
        return stems

    def _learn(self, word: str) -> tuple[str, ...]:
        with self._lock:  # a stemmer must not be used by two threads at once
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            terms = self._known[word] = tuple(self._stems(_pieces(word)))
        return terms

    def _stems(self, pieces: list[str]) -> list[str]:
        kept = [piece for piece in pieces if not _is_stopword(piece) and len(piece) <= _LONGEST]
        stems: list[str] = self._stemmer.stemWords([_regular(piece) for piece in kept])
        return list(dict.fromkeys(stem for stem in stems if stem))


def _plain(text: str) -> str:
    """Lower case, without accents, typographic variants or LaTeX markup; Greek letters by their names."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY)))
        text = _GREEK.sub(_spelled, text)
    if _LATEX.search(text):
        text = _MARKUP.sub("", text).translate(_BRACES)
    return text.casefold()


def _regular(word: str) -> str:
    """A word as the stemmer knows it best."""
    return singular(american(word))


def _spelled(letter: re.Match[str]) -> str:
    return unicodedata.name(letter.group()).rsplit(" ", 1)[-1].casefold().replace("lamda", "lambda")


def _is_stopword(word: str) -> bool:
    contracted = _CONTRACTED.fullmatch(word)  # "what's", "can't", "they're"
    return word in STOPWORDS or (contracted is not None and contracted[1] in STOPWORDS)


def _pieces(word: str) -> list[str]:
    """What a word is looked up as, before stemming: itself, or its parts and their joined form."""
    if word.isalpha():
        return [word[:-1] if _ACRONYMS.fullmatch(word) else word]
    if _LANGUAGE.fullmatch(word):
        return [word]
    if _THOUSANDS.fullmatch(word):
        return [word.replace(",", "")]
    parts: list[str] = []
    for part in _INNER.split(word):
        parts += [part] if _DECIMAL.fullmatch(part) else part.split(".")
    parts = [part[:-1] if _ACRONYMS.fullmatch(part) else part for part in parts if part]
    if len(parts) < 2:
        return parts
    joined = [] if _APART & set(word) else ["".join(parts).replace(".", "")]
    return joined if joined and all(len(part) == 1 for part in parts) else parts + joined
