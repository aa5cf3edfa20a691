"""One id, one text: within a run, a second text under an id already seen is refused."""

from __future__ import annotations

import hashlib

from rag.types import Paper, Rejection, paper_id_of


class TextsSeen:
    """Remembers a digest per id, and nothing else, over all the files of a run.

    The same paper with the same text may come again (two pages hold it); which sources a paper has is
    for later stages to put together. A title that differs in case or white space only is the same title.
    """

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}

    def check(self, paper: Paper, where: str) -> Paper | Rejection:
        """The paper, or a rejection where its id came before with another text."""
        text = f"{paper_id_of(paper.title)}\n{paper.abstract}"
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        if self._digests.setdefault(paper.id, digest) == digest:
            return paper
        return Rejection(where, f"The id {paper.id!r} came before with another text; the first one is kept.")
