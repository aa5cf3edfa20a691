from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wire.ask import AskIn
from cli.chat import Chat
from cli.conversation import Asking
from cli.main import main
from cli.plain import one_line, plain, plain_json
from cli.reading import merged
from cli.screen import Screen
from cli.session import Session
from cli.sse import events
from rag.checks import MAX_TURNS
from rag.errors import NotReady
from rag.types import Paper
from tests.cli.terminal import typing
from tests.fakes.app import app_over, served
from tests.fakes.papers import PAPERS, SPARSE
from tests.fakes.whole import WholeService

ROOT = Path(__file__).parents[2]
QUESTION = "How is attention made sparse?"
FOLLOW_UP = "Does parsing need trees?"
REFUSED = "Who won the world cup?"

Say = Callable[..., tuple[int, str, str]]


class Here:
    """A service whose history can be looked at."""

    def __init__(self, papers: tuple[Paper, ...] = PAPERS) -> None:
        self.service = WholeService(papers)

    def session(self) -> Session:
        return Session(open_service=lambda _: self.service)  # type: ignore[arg-type,return-value]  # its double


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def url(here: Here) -> Iterator[str]:
    with served(app_over(here.service)) as address:
        yield address


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], here: Here) -> Say:
    """Pipes lines into ``citewell chat``; exit status, standard output, standard error."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        status = main(["chat", *options], here.session())
        return (status, *capsys.readouterr())

    return run


def test_each_line_is_a_question_and_sources_are_footnotes(say: Say) -> None:
    status, out, err = say(QUESTION)
    assert (status, err) == (0, "")
    assert out.splitlines()[:6] == [
        f"> {QUESTION}",
        "We make attention sparse, e.g. by a new function. [1]",
        "",
        f"[1] {SPARSE.title} (2019), Ada Example, Bo Example",
        "    “We make attention sparse, e.g. by a new function.”",
        f"    {SPARSE.url}",
    ]
    assert "\x1b" not in out


def test_a_follow_up_goes_out_with_the_turns_before_it_until_the_talk_begins_anew(say: Say) -> None:
    _, out, _ = say(QUESTION, FOLLOW_UP, "/new", FOLLOW_UP)
    _, _, second, _, third = out.split("> ")
    assert SPARSE.title in second
    assert SPARSE.title not in third


def test_a_refusal_says_why_what_was_looked_for_and_what_comes_nearest(say: Say) -> None:
    status, out, _ = say(REFUSED, "/show 1")
    assert status == 0
    assert out.split("\n\n")[0].splitlines()[1:] == [
        "The stored papers do not answer this.",
        "Looked for and not found: “world”.",
    ]
    assert f"  1. {SPARSE.title}  ({SPARSE.id})" in out
    assert SPARSE.abstract in out


def test_the_abstract_behind_a_source_is_shown_with_its_cited_words_marked(say: Say) -> None:
    _, out, _ = say(QUESTION, "/show 1")
    cited = "We make attention sparse, e.g. by a new function."
    assert SPARSE.abstract.replace(cited, f"»{cited}«") in out
    assert f"1. 2.000  {SPARSE.title}  ({SPARSE.id})" in say(QUESTION, "/papers")[1]


def test_what_cannot_be_done_is_told_and_the_talk_goes_on(say: Say) -> None:
    status, out, err = say("/papers", "/nosuch", "/show nosuch", QUESTION, "/quit", REFUSED)
    assert status == 1
    assert [line.split(":")[0] for line in err.splitlines()] == ["Error"] * 3
    assert SPARSE.title in out
    assert REFUSED not in out


def test_in_json_every_question_is_one_object_and_nothing_else(say: Say) -> None:
    status, out, err = say(QUESTION, "", FOLLOW_UP, REFUSED, options=("--json",))
    assert (status, err) == (0, "")
    bodies = [json.loads(line) for line in out.splitlines()]
    assert [body["question"] for body in bodies] == [QUESTION, FOLLOW_UP, REFUSED]
    assert bodies[1]["standalone_question"] == f"{QUESTION} {FOLLOW_UP}"
    first = json.loads(say(QUESTION, options=("--json",))[1])
    assert first == bodies[0]


def test_in_json_a_failure_is_an_object_too(say: Say, here: Here) -> None:
    def fail() -> None:
        raise NotReady("The store is away.")

    here.service.before_call = fail
    status, out, err = say(QUESTION, options=("--json",))
    assert (status, err) == (1, "")
    assert json.loads(out) == {"question": QUESTION, "error": "The store is away."}


@pytest.mark.parametrize(
    "lines",
    [(QUESTION, FOLLOW_UP, "/show 1", "/papers", "/new", REFUSED, "/show 1"), (QUESTION, "/show parsing")],
)
@pytest.mark.parametrize("options", [(), ("--json",), ("--top-k", "1"), ("--paper-id", "parsing")])
def test_a_service_elsewhere_answers_as_the_one_here(
    say: Say, url: str, lines: tuple[str, ...], options: tuple[str, ...]
) -> None:
    if "--json" in options:
        lines = tuple(line for line in lines if not line.startswith("/"))
    assert say(*lines, options=options) == say(*lines, options=(*options, "--url", url))


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", QUESTION),
        ("ask", QUESTION, "--json"),
        ("ask", " "),
        ("ask", "a lone \udcff surrogate"),
        ("ask", QUESTION, "--top-k", "1000"),
        ("search", "sparse attention", "--explain"),
        ("search", "parsing", "--year-from", "2021", "--year-to", "2020"),
        ("papers", "list", "-q", "sparse"),
        ("papers", "show", SPARSE.id),
        ("papers", "show", "nosuch"),
    ],
)
def test_other_commands_ask_elsewhere_too(
    here: Here, url: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    def run(*more: str) -> tuple[int, str, bool]:
        status = main([*arguments, *more], here.session())
        out, err = capsys.readouterr()
        return status, out, bool(err)

    assert run() == run("--url", url)


def test_the_key_goes_out_as_a_bearer_token_from_option_or_environment(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization", ""))
        return httpx.Response(
            401, json={"type": "t", "title": "No", "status": 401, "detail": "The key is wrong."}
        )

    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(handle)))
    status, _, err = say(QUESTION, options=("--url", "http://there.test", "--api-key", "one"))
    monkeypatch.setenv("CITEWELL_API_KEY", "two")
    say(QUESTION, options=("--url", "http://there.test"))
    assert seen == ["Bearer one", "Bearer two"]
    assert status == 1
    assert err.startswith("Error: The key is wrong.")
    assert "CITEWELL_API_KEY" in err


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            503,
            b'{"type":"t","title":"x","status":503,"detail":"Not ready: papers are being added."}',
            "being added",
        ),
        (200, b"<html>a page</html>", "no stream"),
        (502, b"<html>a proxy</html>", "502"),
        (200, b'event: delta\ndata: {"text": "We"}\n\n', "broke the answer off"),
        (200, b"event: final\ndata: {}\n\n", "otherwise than this version"),
        (
            200,
            b'event: error\ndata: {"type":"t","title":"x","status":504,"detail":"Too slow."}\n\n',
            "Too slow.",
        ),
    ],
)
def test_a_service_that_fails_is_one_line(
    say: Say, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, says: str
) -> None:
    events_or_page = {"content-type": "text/html" if b"<html>" in body else "text/event-stream"}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body, headers=events_or_page))
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    ended, _, err = say(QUESTION, options=("--url", "http://there.test"))
    assert ended == 1
    assert err.count("\n") == 1
    assert says in err


@pytest.mark.parametrize("url", ["there.test", "ftp://there.test", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_wrong_usage(say: Say, url: str) -> None:
    status, out, err = say(QUESTION, options=("--url", url))
    assert (status, out) == (2, "")
    assert "http://127.0.0.1:8000" in err


def test_nobody_at_the_address_is_told_with_what_to_do(say: Say) -> None:
    status, _, err = say(QUESTION, options=("--url", "http://127.0.0.1:9"))
    assert status == 1
    assert "citewell serve" in err


def test_a_data_folder_beside_an_address_is_wrong_usage(
    here: Here, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--data-dir", str(tmp_path), "ask", QUESTION, "--url", "http://127.0.0.1:9"]
    assert main(arguments, here.session()) == 2
    assert "--data-dir" in capsys.readouterr().err


def test_a_person_stops_an_answer_with_ctrl_c_and_leaves_with_ctrl_d() -> None:
    with typing("tests.fakes.slow", ["chat"]) as typist:
        at = typist.until("/help says what can be done.")
        at = typist.until("> ", after=at)
        typist.type(f"{QUESTION}\n")
        at = typist.until("We make attention sparse", after=at)
        typist.type("\x03")
        at = typist.until("Stopped.", after=at)
        at = typist.until("> ", after=at)
        typist.type("half a line")
        at = typist.until("half a line", after=at)
        at = typist.press("\x03", "Ctrl-D or /quit leaves.", after=at)
        at = typist.until("> ", after=at)
        typist.type("/help\n")
        at = typist.until("Ctrl-C stops an answer", after=at)
        at = typist.until("> ", after=at)
        typist.type("\x04")
        assert typist.ended() == 0
    assert "Traceback" not in typist.shown


def test_ctrl_c_pressed_again_before_the_prompt_is_back_does_not_leave(here: Here) -> None:
    class Pressed(Screen):
        def line(self, *_: object, **__: object) -> None:
            raise KeyboardInterrupt

    lines = iter(["/new", "/new"])
    with here.session().source() as answers:
        assert Chat(answers, Asking(), Pressed(), typed=True).run(lines)
    assert not list(lines)


@pytest.mark.parametrize("printed", ["line", "sign"])
def test_a_screen_still_shows_wherever_in_a_print_ctrl_c_was_pressed(printed: str) -> None:
    python = [sys.executable, "-m", "tests.cli.pressing", printed]
    done = subprocess.run(python, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    lines, silent = done.stdout.split(maxsplit=1)
    assert int(lines) > 50
    assert silent.strip() == "[]"


HOSTILE = "\x1b[31m\x9b5n\x1b]0;owned\x07\u202e"


def test_nothing_from_papers_steers_the_terminal() -> None:
    hostile = Paper(
        "x", f"Title {HOSTILE}\n[9] forged", f"Attention is {HOSTILE} all.", url=f"http://x/{HOSTILE}"
    )
    for arguments in ([], ["--json"]):
        here, out = Here((hostile,)), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO("attention\n/show 1\n/papers\nzzzz\n/show 1\n"))
            patch.setattr(sys, "stdout", out)
            main(["chat", *arguments], here.session())
        shown = out.getvalue()
        assert "Attention" in shown
        assert not set(HOSTILE) - set("[31m5n]0;owned") & set(shown)
        assert "\n[9] forged" not in shown


@given(st.text())
def test_plain_text_holds_nothing_to_obey(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert all(char.isprintable() or char in "\t\n" or ord(char) > 0x9F for char in plain(text))
    assert "\n" not in one_line(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_plain_json_is_the_same_value(text: str) -> None:
    shown = plain_json(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(shown) == {"text": text}
    assert plain(shown) == shown


@given(
    st.lists(
        st.tuples(st.sampled_from(["delta", "final"]), st.text(st.characters(exclude_categories=["Cs"]))),
        max_size=4,
    ),
    st.integers(1, 7),
)
def test_events_arrive_whole_however_the_bytes_are_cut(sent: list[tuple[str, str]], size: int) -> None:
    told = [(name, json.dumps(text, ensure_ascii=False)) for name, text in sent]
    body = ": ping\n\n" + "".join(f"event: {name}\r\nid: 1\r\ndata: {data}\r\n\r\n" for name, data in told)
    raw = body.encode()
    assert list(events(raw[at : at + size] for at in range(0, len(raw), size))) == told


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (min(ends), max(ends)))))
def test_merged_stretches_cover_the_same_places_once(spans: list[tuple[int, int]]) -> None:
    joined = merged(spans)
    assert {at for start, end in spans for at in range(start, end)} == {
        at for start, end in joined for at in range(start, end)
    }
    assert all(end < start for (_, end), (start, _) in pairwise(joined))


def test_a_conversation_without_end_stays_within_what_a_service_takes() -> None:
    from cli.conversation import Asking, Conversation

    talk = Conversation(Asking())
    for number in range(MAX_TURNS):
        talk.stopped(f"question {number}", "shown " * 20_000)
    asked: Any = talk.next("and now?")
    assert AskIn.model_validate(asked.model_dump()).history is not None
    assert talk.turns[-2].content == f"question {MAX_TURNS - 1}"
    talk.stopped("nothing was shown", "")
    assert talk.turns[-2].content == f"question {MAX_TURNS - 1}"
