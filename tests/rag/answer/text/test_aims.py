from __future__ import annotations

import pytest

from rag.answer.text.aims import states_aim


@pytest.mark.parametrize(
    "text",
    [
        "To determine whether sleep helps.",
        "OBJECTIVE: To assess the cost of sleep.",
        "The aim of this study was to compare two beds.",
        "Our primary objective is to evaluate beds.",
        "We aimed to examine beds.",
        "In this study, we investigated whether beds help.",
        "This study examined whether beds help.",
        "The present study was undertaken to find good beds.",
        "We hypothesized that beds help.",
    ],
)
def test_what_was_to_be_found_out_is_told_by_its_wording(text: str) -> None:
    assert states_aim(text)


@pytest.mark.parametrize(
    "text",
    [
        "To compare beds, we slept in them.",  # what was done
        "The objective function is convex.",
        "The objective of our approach is to train a net on sleep data.",
        "We investigated 50 beds.",
        "We investigated whether beds help, and found that they do.",
        "This study examined the effect of beds and found none.",
        "Beds help to determine mood.",
    ],
)
def test_what_was_done_or_found_is_no_aim(text: str) -> None:
    assert not states_aim(text)
