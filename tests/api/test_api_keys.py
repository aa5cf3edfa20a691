from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.keys import PREFIX, ApiKey, KeyFile
from rag.errors import ConfigError, InvalidInput, NotFound


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "api-keys.json"


def test_a_key_is_found_by_itself_alone(path: Path) -> None:
    keys = KeyFile(path)
    asking, adding = keys.add("lab", "read"), keys.add("robot", "write")
    assert asking.startswith(PREFIX)
    assert len(asking) > len(PREFIX) + 40
    for given_key, name in ((asking, "lab"), (adding, "robot")):
        found = keys.find(given_key)
        assert found is not None
        assert found.name == name
    for wrong in ("", asking[:-1], asking + "x", asking.upper(), adding + asking, "\udcff"):
        assert keys.find(wrong) is None


def test_no_key_stands_in_the_file_and_nobody_else_reads_it(path: Path) -> None:
    secret = KeyFile(path).add("lab", "read")
    assert secret not in path.read_text()
    assert secret.removeprefix(PREFIX) not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_one_process_does_another_sees_at_once(path: Path) -> None:
    server, operator = KeyFile(path), KeyFile(path)
    assert server.all() == ()
    secret = operator.add("lab", "read")
    assert server.find(secret) is not None
    other = operator.add("other", "read")
    operator.remove("lab")
    assert server.find(secret) is None
    assert server.find(other) is not None


@given(scope=st.sampled_from(["read", "write"]))
def test_who_may_write_may_read(scope: str) -> None:
    key = ApiKey("lab", scope, "", "")  # type: ignore[arg-type]
    assert key.may("read")
    assert key.may("write") is (scope == "write")


@pytest.mark.parametrize("name", ["", "a" * 65, "with space", "line\nbreak", "naïve", "a/b"])
def test_an_odd_name_is_refused(path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        KeyFile(path).add(name, "read")


def test_a_name_is_taken_once_and_removed_once(path: Path) -> None:
    keys = KeyFile(path)
    keys.add("lab", "read")
    with pytest.raises(InvalidInput, match="already"):
        keys.add("lab", "write")
    keys.remove("lab")
    with pytest.raises(NotFound, match="keys list"):
        keys.remove("lab")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"keys": [{}]}',
        '{"keys": 1}',
        '{"keys": [{"name": "x", "scope": "all", "sha256": "", "created_at": ""}]}',
        '{"keys": [{"name": "x", "scope": "read", "sha256": "", "created_at": ""}]}',
    ],
)
def test_a_broken_file_is_an_error_that_says_what_to_do_and_no_open_door(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    keys = KeyFile(path)
    for _ in range(2):
        with pytest.raises(ConfigError, match="restore"):
            keys.find("anything")
