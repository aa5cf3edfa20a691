"""Why a question is refused, and the sentence that says so."""

from __future__ import annotations

EMPTY_LIBRARY = "empty_library"
UNCLEAR = "unclear_question"
FILTERED_OUT = "filtered_out"
OFF_DOMAIN = "off_domain"
DETAIL = "detail_not_in_abstract"
NOT_IN_CORPUS = "not_in_corpus"
OTHER_LANGUAGE = "other_language"

SAID = {
    EMPTY_LIBRARY: "No paper is stored yet, so there is nothing to answer from.",
    UNCLEAR: "I can't tell what is asked: the question has no word that could be looked up.",
    FILTERED_OUT: "Nothing within these limits answers this.",
    OFF_DOMAIN: "The stored papers are about other things; none of them answers this.",
    DETAIL: "The paper that comes nearest does not say this in its abstract.",
    NOT_IN_CORPUS: "None of the stored papers answers this.",
    OTHER_LANGUAGE: "This does not look like English, and only questions in English are read well; nothing "
    "that was found answers it for sure.",
}
"""The first sentence of a refusal, by its reason."""


def is_refusal(answer: str) -> bool:
    """Whether an answer that was given is a refusal."""
    return answer.startswith(tuple(SAID.values()))
