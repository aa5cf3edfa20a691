from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from cli.main import main
from cli.session import Session
from tests.fakes.process import server


def run(folder: Path, *arguments: str) -> int:
    return main(["--data-dir", str(folder), *arguments], Session())


def test_a_key_is_shown_once_listed_by_name_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "keys", "add", "lab", "--scope", "write") == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("citewell_")
    assert run(tmp_path, "keys", "list") == 0
    listed = capsys.readouterr().out
    assert listed.split()[:2] == ["lab", "write"]
    assert secret not in listed
    assert run(tmp_path, "keys", "add", "lab") == 2
    assert run(tmp_path, "keys", "remove", "lab") == 0
    assert run(tmp_path, "keys", "remove", "lab") == 1
    assert run(tmp_path, "keys", "list") == 0
    assert "no keys" in capsys.readouterr().err


def test_with_a_key_a_public_address_is_served_to_whoever_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "keys", "add", "lab") == 0
    secret = capsys.readouterr().out.strip()
    arguments = ["--data-dir", str(tmp_path), "serve", "--port", "0", "--host", "0.0.0.0"]  # noqa: S104
    with server(arguments=arguments) as running:
        url = running.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert httpx.get(f"{url}/v1/papers").status_code == 401
        assert httpx.get(f"{url}/v1/papers", headers={"X-API-Key": secret}).status_code == 200
        assert httpx.get(f"{url}/").status_code == 200
