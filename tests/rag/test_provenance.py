from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from rag.provenance import provenance
from rag.settings import load_settings
from rag.types import EmbeddingIdentity

MODEL = EmbeddingIdentity("words", "e" * 64, 8)


@pytest.mark.parametrize(
    ("writer", "check", "given"),
    [
        ("", True, set()),
        ("m", False, {"answer", "condense"}),
        ("m", True, {"answer", "condense", "check"}),
    ],
)
def test_a_receipt_names_the_prompts_that_the_model_is_given(
    writer: str, check: bool, given: set[str]
) -> None:
    made_by = provenance(load_settings(llm_check=check), MODEL, writer)
    assert set(made_by.prompts) == given
    assert made_by.settings["llm_check"] == str(check)


def test_no_secret_no_path_and_no_address_is_in_a_receipt(tmp_path: Path) -> None:
    settings = load_settings(
        data_dir=tmp_path,
        database_url="postgresql://user:secret@db.example/papers",
        embedding_base_url="http://embed.example/v1",
        llm_base_url="http://chat.example/v1",
        llm_api_key="secret",
        rerank_base_url="http://rerank.example",
        api_key="secret",
    )
    told = json.dumps(asdict(provenance(settings, MODEL, "m")))
    assert not [word for word in ("secret", ".example", str(tmp_path)) if word in told]


def test_a_receipt_says_what_this_machine_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.embed.openvino.multiplies_bfloat16", lambda: True)
    told = [provenance(load_settings(precision=setting), MODEL).settings for setting in ("auto", "float32")]
    assert [settings["precision"] for settings in told] == ["bfloat16", "float32"]
