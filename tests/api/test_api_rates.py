from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rates import Rates, prepare
from rag.errors import NotReady

STEPS = st.lists(st.floats(0, 150, allow_nan=False), max_size=80)


class Clock:
    def __init__(self, at: float = 0.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@given(st.integers(1, 9), st.floats(0, 1e9), STEPS)
def test_no_period_lets_more_through_than_the_rate_and_who_waits_as_told_gets_in(
    most: int, start: float, steps: list[float]
) -> None:
    clock = Clock(start)
    rates = Rates(f"{most}/minute", clock=clock)
    let_in: Counter[float] = Counter()
    for step in steps:
        clock.at += step
        if wait_s := rates.wait_s("someone"):
            assert 1 <= wait_s <= 60
            clock.at += wait_s
            assert rates.wait_s("someone") == 0
        let_in[clock.at // 60] += 1
    assert max(let_in.values(), default=0) <= most
    rates.close()


def test_a_period_s_end_is_no_way_to_get_twice_as_much() -> None:
    clock = Clock(59.0)
    rates = Rates("10/minute", clock=clock)
    assert [rates.wait_s("someone") for _ in range(10)] == [0] * 10
    clock.at = 61.0
    assert [rates.wait_s("someone") for _ in range(2)] == [0, 5]
    clock.at = 90.0
    assert [rates.wait_s("someone") > 0 for _ in range(7)] == [False] * 5 + [True] * 2
    rates.close()


def test_a_refused_request_takes_nothing_from_another_rate() -> None:
    clock = Clock()
    rates = Rates("1/second;3/minute", clock=clock)
    assert [rates.wait_s("someone") for _ in range(5)] == [0, 1, 1, 1, 1]
    clock.at = 2.0
    assert rates.wait_s("someone") == 0
    clock.at = 4.0
    assert rates.wait_s("someone") == 0
    assert rates.wait_s("another") == 0
    rates.close()


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    clock = Clock(100_000.0)
    rates = Rates("2/minute", clock=clock)
    assert [rates.wait_s("someone") > 0 for _ in range(3)] == [False, False, True]
    clock.at = 50_000.0
    assert [rates.wait_s("someone") > 0 for _ in range(3)] == [False, False, True]
    rates.close()


def test_all_who_name_one_file_count_together(tmp_path: Path) -> None:
    path = tmp_path / "rates.sqlite3"
    prepare(path)
    workers = [Rates("5/day", path, Clock()) for _ in range(3)]
    admitted = [worker.wait_s("someone") == 0 for _ in range(4) for worker in workers]
    assert admitted == [True] * 5 + [False] * 7
    for worker in workers:
        worker.close()


def test_what_counts_no_more_is_dropped(tmp_path: Path) -> None:
    clock = Clock()
    rates = Rates("5/second", tmp_path / "rates.sqlite3", clock)
    for number in range(1000):
        clock.at += 1
        assert rates.wait_s(f"address {number}") == 0
    rates.close()
    assert (tmp_path / "rates.sqlite3").stat().st_size < 50_000


def test_a_count_that_fails_lets_nothing_through(tmp_path: Path) -> None:
    (tmp_path / "rates.sqlite3").write_bytes(b"no database" * 1000)
    rates = Rates("5/day", tmp_path / "rates.sqlite3")
    for _ in range(2):
        with pytest.raises(NotReady):
            rates.wait_s("someone")
    rates.close()
