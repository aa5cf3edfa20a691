"""Papers in: one reader per format, the checks on every record, sentences and chunks."""

from rag.corpus.chunks import chunk_paper
from rag.corpus.conflicts import TextsSeen
from rag.corpus.record import paper_from_record
from rag.corpus.registry import READERS, detect, read_papers, reader_named
from rag.corpus.sentences import sentence_spans

__all__ = [
    "READERS",
    "TextsSeen",
    "chunk_paper",
    "detect",
    "paper_from_record",
    "read_papers",
    "reader_named",
    "sentence_spans",
]
