"""A conversation in the terminal, or one question a line through a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress

import typer

from api.wire.ask import AskOut, CitationOut
from cli import reading, show
from cli.conversation import Asking, Conversation
from cli.plain import plain_json
from cli.screen import Screen
from cli.source import Found, Source, Text
from rag.errors import CitewellError, InvalidInput

PROMPT = "> "
HELP = """\
Ask in plain words; follow-ups are understood. Ctrl-C stops an answer, Ctrl-D leaves.
/show N    the abstract behind source N, its cited words marked (after a refusal: nearest paper N)
/papers    the papers that were looked at for the last answer
/new       a new conversation
/help      this
/quit      leave"""


class Chat:
    """One conversation between a person and a source of answers.

    Args:
        source: who answers.
        how: mode, depth and filters of every question.
        screen: where to write.
        typed: whether a person types: then Ctrl-C stops an answer and nothing more.
    """

    def __init__(self, source: Source, how: Asking, screen: Screen, *, typed: bool) -> None:
        self._source = source
        self._talk = Conversation(how)
        self._screen = screen
        self._typed = typed
        self._commands: dict[str, Callable[[str], None]] = {
            "/show": self._show,
            "/papers": self._papers,
            "/new": self._new,
            "/help": lambda _: self._screen.line(HELP),
        }

    def run(self, lines: Iterable[str]) -> bool:
        """Take each line as a question or a command, until there are no more or one says to leave.

        Returns:
            Whether each was answered or done.
        """
        well, waiting = True, iter(lines)
        while True:
            said = ""
            try:
                try:
                    said = next(waiting, "/quit").strip()
                    if said == "/quit":
                        return well
                    self._take(said)
                except CitewellError as error:
                    well = False
                    self._screen.end()
                    show.note(f"Error: {error}")
                if said:
                    self._screen.line()
            except KeyboardInterrupt:
                if not self._typed:
                    raise
                with suppress(KeyboardInterrupt):  # pressed twice
                    self._screen.line("Stopped.\n" if said else "\nCtrl-D or /quit leaves.", style="dim")

    def _take(self, said: str) -> None:
        if not said.startswith("/"):
            if said:
                self._answer(said)
            return
        name, _, rest = said.partition(" ")
        if name not in self._commands:
            raise InvalidInput(f"There is no command {name}; /help names those there are.")
        self._commands[name](rest.strip())

    def _answer(self, question: str) -> None:
        telling = Telling(self._screen)
        try:
            with (
                self._screen.waiting("Looking…") as sign,
                closing(self._source.stream(self._talk.next(question))) as events,
            ):
                for event in events:
                    match event:
                        case Found(papers):
                            sign.now(f"Found {len(papers)} papers, reading…")
                        case Text(text):
                            telling.say(text)
                        case CitationOut():
                            sign.over()
                            telling.cite()
                        case AskOut():
                            sign.over()
                            telling.finish(event)
                            self._talk.answered(question, event)
        except KeyboardInterrupt:
            self._talk.stopped(question, telling.told)
            raise

    def _show(self, wanted: str) -> None:
        if not wanted:
            raise InvalidInput("Say which: /show 1, or /show with a paper's id.")
        citations = self._talk.last.citations if self._talk.last else []
        one = self._source.paper(self._paper_id(wanted))
        spans = [(c.start, c.end) for c in citations if c.paper_id == one.id and c.sha256 == one.sha256]
        reading.paper(self._screen, one, spans)

    def _paper_id(self, wanted: str) -> str:
        """The paper that a number of the last answer stands for; anything else is taken for an id."""
        numbered: dict[str, str] = {}
        if last := self._talk.last:
            numbered = {str(citation.number): citation.paper_id for citation in last.citations}
            if last.refusal:
                numbered = {str(n): near.paper_id for n, near in enumerate(last.refusal.nearest, start=1)}
        return numbered.get(wanted, wanted)

    def _papers(self, _: str) -> None:
        if not self._talk.last or not self._talk.last.retrieved:
            raise InvalidInput("Nothing has been looked up yet: ask something first.")
        for rank, found in enumerate(self._talk.last.retrieved, start=1):
            self._screen.line(f"{rank:>2}. {found.score:.3f}  {reading.titled(found)}", hang=11)

    def _new(self, _: str) -> None:
        self._talk.forget()
        self._screen.line("A new conversation.", style="dim")


class Telling:
    """One answer on its way to the screen.

    Text waits for its first citation: until then it may be a refusal, which is told part by part instead.

    Attributes:
        told: the text that has been shown.
    """

    def __init__(self, screen: Screen) -> None:
        self.told = ""
        self._held = ""
        self._cited = False
        self._screen = screen

    def say(self, text: str) -> None:
        """Text that comes next."""
        self._held += text
        if self._cited:
            text, self._held = self._held, ""
            self.told += text
            self._screen.flow(text)

    def cite(self) -> None:
        """A citation has come: this is an answer."""
        self._cited = True
        self.say("")

    def finish(self, body: AskOut) -> None:
        """The whole answer has come: what is missing of it, and its sources."""
        if self._cited:
            self._screen.end()
            reading.footnotes(self._screen, body)
        else:
            reading.answer(self._screen, body)
        show.worked_around(body.degraded)


class TypedLines:
    """Lines that a person types, with editing and recall where there is readline; Ctrl-D ends them.

    No generator: one that Ctrl-C went through would be at its end.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        with suppress(ImportError):
            import readline  # noqa: F401  # input() uses it once it is loaded

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            if self._screen.styled:
                return input(PROMPT)
            typer.echo(PROMPT, nl=False, err=True)  # what is said goes elsewhere, the prompt does not
            return input()
        except EOFError:
            self._screen.line()
            raise StopIteration from None


def piped_lines(screen: Screen, lines: Iterable[str]) -> Iterator[str]:
    """Lines of a pipe or a file, each shown before what it leads to."""
    for line in lines:
        if line.strip():
            screen.line(f"{PROMPT}{line.strip()}", style="bold")
        yield line


def converse_in_json(source: Source, how: Asking, lines: Iterable[str]) -> bool:
    """One JSON object a question, on one line: the answer's body, or the question with its ``error``.

    ``/new`` begins a new conversation and ``/quit`` ends; neither writes anything.

    Returns:
        Whether every question was answered or refused, none failed.
    """
    talk, well = Conversation(how), True
    for line in lines:
        question = line.strip()
        if question == "/quit":
            break
        if question == "/new":
            talk.forget()
        elif question:
            try:
                body = source.ask(talk.next(question))
            except CitewellError as error:
                well = False
                show.raw(json.dumps({"question": question, "error": str(error)}))
                continue
            talk.answered(question, body)
            show.raw(plain_json(body.model_dump_json()))
    return well
