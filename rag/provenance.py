"""What answers: code, prompts, what was fitted, models, settings; for receipts and measured runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from rag.answer.model.prompts import load_prompt
from rag.embed.openvino import multiplied_in
from rag.saved import Provenance
from rag.settings import Settings
from rag.types import EmbeddingIdentity

ROOT = Path(__file__).parent.parent
DECIDING = (
    "embedding", "late_interaction", "llm_check", "llm_context_tokens", "llm_max_tokens",
    "rerank_depth", "rerank_model", "risk",
)  # fmt: skip
"""Settings that an answer depends on, and that anyone may read."""
WRITING = ("answer", "condense")
"""Prompts that the language model is given; with ``llm_check`` also ``check``."""
FITTED = frozenset({".json", ".npy", ".npz"})


def provenance(settings: Settings, embedding: EmbeddingIdentity, writer: str = "") -> Provenance:
    """What answers with these settings.

    Args:
        settings: what is set.
        embedding: the embedding model.
        writer: the language model's name, empty for none.
    """
    given = (*WRITING, "check") if settings.llm_check else WRITING
    return Provenance(
        version=metadata.version("citewell"),
        code=code_sha256(),
        embedding=embedding,
        writer=writer,
        prompts={name: label for name, label in prompt_versions().items() if writer and name in given},
        fitted=fitted_files(),
        settings={name: str(getattr(settings, name)) for name in DECIDING}
        | {"precision": multiplied_in(settings.precision)},
    )


def prompt_versions() -> dict[str, str]:
    """Every prompt with its version and the beginning of its hash: what it says can't change unseen."""
    names = sorted(path.stem for path in (ROOT / "prompts").glob("*.md"))
    return {name: load_prompt(name).label for name in names}


def fitted_files() -> dict[str, str]:
    """What was fitted and comes with the code, by path, with the first 12 hex digits of its SHA-256."""
    return {path: sha256[:12] for path, sha256 in _hashes("rag") if Path(path).suffix in FITTED}


@cache
def code_sha256() -> str:
    """SHA-256 over every file of the packages that answer; what they are compiled to is left out."""
    told = "\n".join(f"{path} {sha256}" for folder in ("rag", "prompts") for path, sha256 in _hashes(folder))
    return hashlib.sha256(told.encode()).hexdigest()


def _hashes(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
