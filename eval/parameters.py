"""All that decides the figures of a run, written beside them; no secret, no path, nothing of the clock."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from eval.cases import Split
from rag.errors import InvalidInput
from rag.settings import Settings
from rag.types import Mode

PARAMETERS = "params.json"
ROOT = Path(__file__).parent.parent
PLACES = frozenset({"data_dir", "database_url", "host", "port", "keys_file"})
DOORS = frozenset(
    {
        "api_key",
        "log_format",
        "log_level",
        "otlp_endpoint",
        "trace_content",
        "rate_limit",
        "allowed_hosts",
        "allowed_origins",
        "call_timeout_s",
        "keep_answers",
        "keep_answers_days",
    }
)
"""What decides who may ask, what is logged and kept, and no figure."""


class CodeVersion(BaseModel):
    """Which code ran; ``commit`` is empty where it is no git checkout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    commit: str
    dirty: bool


class CorpusVersion(BaseModel):
    """The library's state, and the hash of the files it was filled from (empty where it was there before)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    papers: int
    revision: int
    generation: int
    sha256: str


class Parameters(BaseModel):
    """The parameters of one run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    suite_sha256: str
    questions: int
    split: Split | Literal["all"]
    sample: int = 0
    mode: Mode
    top_k: int
    seed: int
    workers: int
    baselines: tuple[str, ...]
    corpus: CorpusVersion
    models: dict[str, str]
    prompts: dict[str, str]
    settings: dict[str, str]
    judge: str
    code: CodeVersion
    python: str
    packages: dict[str, str] = Field(default_factory=dict)


DECIDING = ("bm25s", "chromadb", "ir-measures", "llama-index-core", "numpy", "openvino", "PyStemmer")
FREE = frozenset({"workers", "code"})


def package_versions() -> dict[str, str]:
    """Versions of the packages that can change a figure."""
    return {name: metadata.version(name) for name in DECIDING}


def python_version() -> str:
    """The interpreter and the machine's architecture."""
    return f"{platform.python_version()} {platform.machine()}"


def visible_settings(settings: Settings) -> dict[str, str]:
    """Settings as text, without secrets (which show as asterisks) and without places."""
    values = settings.model_dump(mode="json")
    return {name: str(value) for name, value in values.items() if name not in PLACES | DOORS}


def code_version(root: Path = ROOT) -> CodeVersion:
    """The installed version, the commit that is checked out, and whether files differ from it."""
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--", "rag", "eval", "prompts", "data")
    return CodeVersion(version=metadata.version("citewell"), commit=commit, dirty=bool(changes))


def check_same(before: Parameters, now: Parameters) -> None:
    """Refuses to resume a run that was begun otherwise.

    Raises:
        InvalidInput: names the parameters that differ.
    """
    names = [name for name in Parameters.model_fields if name not in FREE]
    changed = [name for name in names if getattr(before, name) != getattr(now, name)]
    if changed:
        raise InvalidInput(
            f"This run was begun with other parameters ({', '.join(changed)}); run it anew without --resume.",
            field="resume",
        )


def _git(root: Path, *arguments: str) -> str:
    command: Sequence[str] = ("git", "-C", str(root), *arguments)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603  # fixed words
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
