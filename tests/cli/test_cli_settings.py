from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from cli.session import Session
from cli.settings import described, page

DOCUMENT = Path(__file__).parents[2] / "docs" / "SETTINGS.md"


def test_the_settings_page_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text() == page() + "\n", "run: citewell settings --markdown > docs/SETTINGS.md"


def test_every_setting_is_described() -> None:
    for setting in described():
        assert setting.description.endswith("."), setting.field
        assert "|" not in setting.description
        assert setting.names[0].startswith("CITEWELL_")


def test_what_is_set_is_shown_but_for_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("CITEWELL_ALLOWED_HOSTS", "a.example,b.example")
    monkeypatch.setenv("CITEWELL_DATABASE_URL", "postgresql://user:hidden@db.example/papers")
    assert main(["settings"], Session()) == 0
    shown = capsys.readouterr().out
    assert "CITEWELL_ALLOWED_HOSTS = a.example,b.example" in shown
    assert "CITEWELL_LLM_API_KEY = **********" in shown
    assert "CITEWELL_DATABASE_URL = postgresql://user:***@db.example/papers" in shown
    assert "sk-secret" not in shown
    assert "hidden" not in shown


def test_the_page_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PORT", "none")
    assert main(["settings", "--markdown"], Session()) == 0
