from __future__ import annotations

import pytest

from rag.answer.question.smalltalk import friendly_line


@pytest.mark.parametrize(
    "message",
    [
        "hi",
        "Hello there!",
        "Great, thanks a lot!",
        "thank you so much, that's all for now",
        "bye bye",
        "Good morning",
        "who are you?",
        "Are you a human or a robot?",
        "are you an AI",
        "What is Citewell?",
        "Who made you?",
        "What can you do?",
        "Hi, how are you today?",
        "Hello! How's it going?",
        "Thanks, that is exactly what I needed",
        "How are you?",
        "How many papers do you have?",
        "What are the papers about?",
        "what topics do you cover?",
        "List all papers",
        "What is in your library?",
        "what topics do the papers cover?",
        "Which years do your papers cover?",
        "Which authors are in the library?",
        "How many papers are from 2024?",
        "How do I add papers?",
        "can I upload a PDF?",
        "How sure are you about that?",
        "Where do your answers come from?",
        "How do you know that?",
        "Are your answers reliable?",
        "Do you hallucinate?",
        "do you use GPT-4?",
        "tell me something interesting",
        "How do I cite it?",
        "and how can I cite this paper?",
        "export that as bibtex",
        "Can you give me the BibTeX entry for this paper?",
    ],
)
def test_small_talk_gets_a_friendly_line(message: str) -> None:
    assert friendly_line(message)


@pytest.mark.parametrize(
    "message",
    [
        "Hello, what is SimCLR?",
        "Thanks! And how fast is UltraGCN?",
        "Why do hello-world programs matter?",
        "thanks 42",
        "",
        "???",
        "Is it good?",
        "Thanks. And how much is needed?",
        "Hello, how is it done?",
        "Thanks, how much is it",
        "How is everything connected?",
        "How are you trained?",
        "How reliable are the answers of language models?",
        "How do papers cite it?",
        "cite it",
        "RIS",
        "Do you use GPT-4 for labels?",
        "Tell me something about sleep",
        "thank you, is it good for you?",
        "What are the papers on sleep about?",
        "How many papers are about sleep?",
        "What do you know about sleep?",
        "Which topics do the papers on sleep cover?",
        "How many papers from 2024 are on sleep?",
        "How do you add papers on sleep?",
        "How do you know that sleep helps?",
        "Where do dreams come from?",
        "Which evening chronotypes sleep less?",
    ],
)
def test_what_asks_something_is_no_small_talk(message: str) -> None:
    assert friendly_line(message) is None
