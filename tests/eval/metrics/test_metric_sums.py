"""Every metric against sums done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.metrics.abstention import abstention_scores
from eval.metrics.auroc import auroc
from eval.metrics.citations import citation_scores
from eval.metrics.conversation import condensing_scores
from eval.metrics.facts import key_fact_recall, words
from eval.metrics.latency import stage_latency
from eval.metrics.overlap import longest_common_subsequence, rouge_l
from eval.metrics.retrieval import MEASURES, ranking_scores
from eval.metrics.rightness import is_corrected, is_right
from eval.metrics.risk_coverage import aurc, risk_coverage
from eval.metrics.spans import PaperSpan, exact_share, matches, span_scores
from eval.metrics.support import grounding, supported_share


def test_ranking_of_two_gold_papers_at_ranks_two_and_four() -> None:
    found = ranking_scores({"a": 1, "b": 1}, ["x", "a", "y", "b"])
    ideal = 1 + 1 / math.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert found["recall@1"] == 0
    assert found["recall@5"] == 1
    assert found["mrr@10"] == 0.5
    assert (found["hit@1"], found["hit@5"]) == (0, 1)


def test_graded_relevance_counts_by_its_grade() -> None:
    found = ranking_scores({"a": 2, "b": 1, "no": 0}, ["b", "a", "no"])
    assert found["ndcg@10"] == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_what_stands_below_rank_ten_does_not_count() -> None:
    found = ranking_scores({"a": 1}, [f"x{n}" for n in range(10)] + ["a"])
    assert (found["ndcg@10"], found["mrr@10"], found["recall@10"]) == (0, 0, 0)


def test_no_gold_papers_leave_a_ranking_unscored_and_no_ranking_scores_zero() -> None:
    assert set(ranking_scores({}, ["a"]).values()) == {None}
    assert set(ranking_scores({"a": 0}, ["a"]).values()) == {None}
    assert ranking_scores({"a": 1}, []) == dict.fromkeys(MEASURES, 0.0)


def test_citations_two_of_three_right_and_one_of_two_gold_papers_cited() -> None:
    found = citation_scores(["a", "b"], ["a", "a", "x"])
    assert found["citation_precision"] == pytest.approx(2 / 3)
    assert found["citation_recall"] == 0.5
    assert found["citation_f1"] == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))


def test_citing_nothing_has_no_precision_and_no_recall() -> None:
    assert citation_scores(["a"], []) == {
        "citation_precision": None,
        "citation_recall": 0.0,
        "citation_f1": 0.0,
    }
    assert set(citation_scores([], ["a"]).values()) == {None}


def test_spans_match_by_half_of_the_shorter_one() -> None:
    gold = PaperSpan("a", 10, 30)
    assert matches(PaperSpan("a", 20, 60), gold)
    assert not matches(PaperSpan("a", 21, 60), gold)
    assert matches(PaperSpan("a", 0, 100), gold)
    assert not matches(PaperSpan("b", 10, 30), gold)
    assert not matches(PaperSpan("a", 12, 12), gold)


def test_span_precision_and_recall_count_citations_and_quotes() -> None:
    gold = [PaperSpan("a", 0, 10), PaperSpan("a", 50, 60)]
    cited = [PaperSpan("a", 0, 12), PaperSpan("b", 0, 10), PaperSpan("a", 2, 9), PaperSpan("a", 20, 30)]
    found = span_scores(gold, cited)
    assert (found["span_precision"], found["span_recall"], found["span_f1"]) == (0.5, 0.5, 0.5)
    assert set(span_scores([], cited).values()) == {None}
    assert span_scores(gold, [])["span_recall"] == 0


def test_exact_share_of_citations() -> None:
    assert exact_share([True, True, False, True]) == 0.75
    assert exact_share([]) is None


def test_key_facts_are_found_as_words_in_order_whatever_the_marks_between() -> None:
    answer = "It has 408,578\nbounding boxes [1], in “U-Net” [2]."
    assert key_fact_recall(["408,578 bounding boxes", "u net", "boxes bounding", "ounding"], answer) == 0.5
    assert key_fact_recall([], answer) is None
    assert key_fact_recall(["a fact"], "") == 0
    assert words("Ｆｕｌｌ [12] Width") == "full width"


def test_rouge_l_of_a_hand_made_pair() -> None:
    assert longest_common_subsequence("abcde", "xaxcxe") == 3
    assert rouge_l("the cat sat on the mat", "the mat: the cat sat") == pytest.approx(2 * (3 / 5) * 0.5 / 1.1)
    assert rouge_l("", "said") is None
    assert rouge_l("expected", "") == 0


def test_supported_sentences_need_the_mark_and_a_citation() -> None:
    assert supported_share([(True, [1]), (True, []), (False, [1]), (True, [2])]) == 0.5
    assert supported_share([]) is None


def test_grounding_counts_content_words_in_their_own_quotes() -> None:
    quotes = {1: "Graphs learn quickly.", 2: "Trees grow."}
    assert grounding([("Graphs learn slowly [1]", [1]), ("Trees [1]", [1])], quotes) == 0.5
    assert grounding([("so it is", [1])], quotes) is None


def test_abstention_counts_refusal_as_the_positive_class() -> None:
    due = np.array([True, True, True, False, False])
    refused = np.array([True, False, False, True, False])
    found = abstention_scores(due, refused)
    assert found["abstention_precision"] == 0.5
    assert found["abstention_recall"] == pytest.approx(1 / 3)
    assert found["abstention_f1"] == pytest.approx(0.4)


def test_abstention_is_unscored_where_nothing_is_refused_or_due() -> None:
    no, yes = np.array([False, False]), np.array([True, True])
    assert abstention_scores(yes, no) == {
        "abstention_precision": None,
        "abstention_recall": 0.0,
        "abstention_f1": 0.0,
    }
    assert abstention_scores(no, yes)["abstention_recall"] is None


def test_auroc_of_four_questions() -> None:
    scores, positive = np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False])
    assert auroc(scores, positive) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert auroc(scores, np.array([True] * 4)) is None


def test_risk_and_coverage_step_by_step() -> None:
    confidence, wrong = np.array([0.2, 0.9, 0.5]), np.array([True, False, True])
    coverage, risk = risk_coverage(confidence, wrong, 6)
    assert coverage.tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert risk.tolist() == pytest.approx([0, 1 / 2, 2 / 3])
    assert aurc(confidence, wrong) == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert aurc(np.zeros(0), np.zeros(0, dtype=bool)) is None


def test_equal_confidences_enter_a_risk_curve_together() -> None:
    _, risk = risk_coverage(np.array([0.5, 0.5, 0.1]), np.array([False, True, False]), 3)
    assert risk.tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 3])


def test_condensing_gain_is_the_difference_of_both_rankings() -> None:
    found = condensing_scores({"a": 1}, ["a"], ["x", "a"])
    assert found["condensed_ndcg@10"] == 1
    assert found["condensing_gain"] == pytest.approx(1 - 1 / math.log2(3))
    assert set(condensing_scores({"a": 1}, ["a"], None).values()) == {None}
    assert condensing_scores({}, ["a"], ["a"])["condensing_gain"] is None


def test_latency_gives_times_that_were_measured_and_skips_stages_that_were_not_passed() -> None:
    found = stage_latency([{"find": float(n)} for n in range(1, 101)] + [{"write": 7.0}])
    assert found["find"] == {"n": 100.0, "p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert found["write"]["n"] == 1


def test_right_answers_cite_gold_and_say_half_of_the_facts() -> None:
    assert is_right(["a"], ["x", "a"], 0.5)
    assert is_right(["a"], ["a"], None)
    assert not is_right(["a"], ["x"], 1.0)
    assert not is_right(["a"], ["a"], 0.49)


def test_a_premise_is_corrected_by_citing_what_contradicts_it() -> None:
    contradiction = [PaperSpan("a", 5, 25)]
    assert is_corrected(contradiction, [PaperSpan("x", 0, 9), PaperSpan("a", 0, 30)])
    assert not is_corrected(contradiction, [PaperSpan("a", 30, 60)])
    assert not is_corrected([], [PaperSpan("a", 0, 30)])
