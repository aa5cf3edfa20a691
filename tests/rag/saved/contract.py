"""What every store of saved answers does, the one in memory and the one in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import NotFound
from rag.saved import AnswerStore, Feedback, Saved
from tests.rag.saved.sample import saved


class AnswerStoreContract:
    """Subclass it and give ``store``."""

    @pytest.fixture
    def store(self) -> AnswerStore:
        raise NotImplementedError

    def test_what_is_put_comes_back(self, store: AnswerStore) -> None:
        kept = saved("a" * 24)
        store.put(kept)
        assert store.get("a" * 24) == kept

    def test_an_id_that_nothing_is_kept_under_is_not_found(self, store: AnswerStore) -> None:
        for odd in ("b" * 24, "", "%", "'; --", "é", "\0", "\ud800"):
            with pytest.raises(NotFound, match="No answer is kept"):
                store.get(odd)
            assert store.remove([odd]) == ()

    def test_the_same_answer_given_again_keeps_what_was_thought_of_it(self, store: AnswerStore) -> None:
        first = saved("a" * 24)
        store.put(first)
        store.rate(Feedback("a" * 24, "down", 1, "No."))
        again = replace(first, saved_at=first.saved_at + timedelta(seconds=1))
        store.put(again)
        ((kept, opinions),) = store.rated()
        assert kept == again
        assert [(each.rating, each.citation, each.comment) for each in opinions] == [("down", 1, "No.")]

    def test_the_newest_come_first(self, store: AnswerStore) -> None:
        now = datetime.now(UTC)
        kept = [saved(f"{n:024}", at=now - timedelta(minutes=9 - n)) for n in range(5)]
        for each in kept:
            store.put(each)
        assert store.recent(3) == (kept[4], kept[3], kept[2])

    def test_an_opinion_of_an_answer_that_is_not_kept_is_refused(self, store: AnswerStore) -> None:
        with pytest.raises(NotFound):
            store.rate(Feedback("a" * 24, "up"))
        assert list(store.rated()) == []

    def test_an_answer_keeps_its_newest_hundred_opinions(self, store: AnswerStore) -> None:
        store.put(saved("a" * 24))
        store.put(saved("b" * 24))
        store.rate(Feedback("b" * 24, "up"))
        for number in range(103):
            store.rate(Feedback("a" * 24, "up", comment=str(number)))
        rated: dict[str, tuple[Feedback, ...]] = {one.answer.id: opinions for one, opinions in store.rated()}
        assert [each.comment for each in rated["a" * 24]] == [str(number) for number in range(3, 103)]
        assert len(rated["b" * 24]) == 1

    def test_what_is_removed_is_gone_with_what_was_thought_of_it(self, store: AnswerStore) -> None:
        kept: list[Saved] = [saved("a" * 24), saved("b" * 24)]
        for each in kept:
            store.put(each)
            store.rate(Feedback(each.answer.id, "down"))
        assert store.remove(["a" * 24, "c" * 24]) == ("a" * 24,)
        assert [one.answer.id for one, _ in store.rated()] == ["b" * 24]
        store.put(kept[0])
        assert [one.answer.id for one, _ in store.rated()] == ["b" * 24]
