from __future__ import annotations

import pytest

from rag.answer.evidence.leaning import leans_back


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("This pattern diverges from that of encoders.", True),
        ("This method is fast.", True),
        ("These include mice.", True),
        ("Such networks forget.", True),
        ("Which is then followed by a fall.", True),
        ("For the latter, we prove a bound.", True),
        ("The former holds.", True),
        ("By doing so, memory is saved.", True),
        ("We term this kind of net a Linearizer.", True),
        ("In this study, mice were fed.", False),
        ("This paper presents a net.", False),
        ("This new study shows it.", False),
        ("These results suggest a link.", False),
        ("Which bacteria provide resistance?", False),
        ("Which is the better one?", False),
        ("We term nets with norms stable.", False),
        ("Nets form this pattern.", False),
    ],
)
def test_a_sentence_leans_on_the_one_before_where_it_begins_by_pointing_to_it(text: str, leans: bool) -> None:
    assert leans_back(text) == leans
