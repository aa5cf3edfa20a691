"""Requests that no honest client sends. Each must be refused with a problem document, or answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

JSON = {"content-type": "application/json"}
POSTED = ("/v1/ask", "/v1/search", "/v1/papers", "/v1/chat/completions", "/v1/answers/nosuch/feedback")

ODD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "white space": b" \r\n",
    "null": b"null",
    "a number": b"7",
    "a text": b'"text"',
    "an empty list": b"[]",
    "a list of odd things": b'[null, 1, [], {}, "x", true]',
    "an empty object": b"{}",
    "cut off": b'{"question": "x", "query": "x"',
    "not JSON": b"question=x",
    "an image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "bad UTF-8": b'{"question": "\xff\xfe", "query": "\xff\xfe"}',
    "UTF-16": '{"question": "x", "query": "x"}'.encode("utf-16"),
    "a byte-order mark": b'\xef\xbb\xbf{"question": "x", "query": "x"}',
    "deep lists": b"[" * 50_000,
    "deep objects": b'{"question":' * 50_000,
    "deep and closed": b"[" * 900 + b"]" * 900,
    "NaN": b'{"question": "x", "query": "x", "top_k": NaN}',
    "Infinity": b'{"question": "x", "query": "x", "top_k": -Infinity}',
    "NaN alone": b"[NaN]",
    "a huge integer": b'{"question": "x", "query": "x", "top_k": ' + b"9" * 10_000 + b"}",
    "a large integer": b'{"question": "x", "query": "x", "top_k": ' + b"9" * 4_000 + b"}",
    "a huge exponent": b'{"question": "x", "query": "x", "top_k": 1e999999}',
    "a huge year": b'{"question": "x", "query": "x", "filters": {"year_from": 99999999999999999999}}',
    "a key twice": b'{"question": "x", "question": 1, "query": "x", "query": 1}',
    "a key that is a lone surrogate": b'{"question": "x", "query": "x", "\\ud800": 1}',
    "a filter that is a lone surrogate": b'{"question": "x", "query": "x", "filters": {"\\udfff": 1}}',
    "a record with a lone surrogate": b'[{"title": "\\ud800", "abstract": "\\udc00 x."}]',
    "a record with NUL": b'[{"title": "a\\u0000", "abstract": "b"}, {"id": "\\u0000", "title": "x"}]',
    "many keys": json.dumps({f"key{number}": number for number in range(10_000)}).encode(),
}

ODD_TEXTS: dict[str, str] = {
    "empty": "",
    "blank": " \t\n\u2003",
    "1 MB": "x" * 1_000_000,
    "NUL": "what is\0 attention",
    "a lone surrogate": "what is \ud800 attention",
    "right to left": "\u202eattention\u202c \u200f\u05d0\u05d1",
    "zero width": "\u200b\ufeff\u2060",
    "combining": "a" + "\u0301" * 3_000,
    "four bytes": "\U0001f600" * 100,
    "only stops": "...?!",
    "controls": "\x01\x02\x1b[31m\x7f\x85",
    "SQL": "'; DROP TABLE papers; --",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}} ${x} %s %n {0}",
    "one letter": "a",
    "4000 letters": "attention " * 400,
}

ODD_VALUES: list[object] = [
    "8",
    "",
    None,
    [],
    {},
    True,
    -1,
    0,
    10**6,
    10**30,
    2.5,
    ["\ud800"],
    [None],
    [[]],
    {"a": {}},
]
FIELDS = ("question", "query", "top_k", "mode", "stream", "history", "filters")
FILTERS = ("paper_ids", "sources", "year_from", "year_to", "authors", "categories")

ODD_PATHS = [
    "/v1/papers/%00",
    "/v1/papers/%ff%fe",
    "/v1/papers/%ed%a0%80",
    "/v1/papers/%zz",
    "/v1/papers/..%2f..%2fetc%2fpasswd",
    "/v1/papers/%E2%80%AEx",
    "/v1/papers/" + "a" * 5_000,
    "/v1/papers/'%20OR%201=1",
    "/v1/papers/%0d%0aSet-Cookie:x",
    "/v1/papers//",
    "/v1/papers/",
    "/v1/models/%00",
    "/v1/models/%ff",
    "/v1/models/" + "e" * 5_000,
    "/v1/chat/%00",
    "/v1/jobs/%00",
    "/v1/jobs/%0a",
    "/v1/jobs/" + "b" * 5_000,
    "/v1/papers?limit=0",
    "/v1/papers?limit=" + "9" * 5_000,
    "/v1/papers?limit=NaN",
    "/v1/papers?limit=%00&limit=1",
    "/v1/papers?cursor=%00",
    "/v1/papers?cursor=%ff",
    "/v1/papers?cursor=",
    "/v1/papers?q=%00",
    "/v1/papers?q=%ed%a0%80",
    "/v1/papers?q=%25_%5C",
    "/v1/papers?q=" + "c" * 5_000,
    "/v1/answers/%00",
    "/v1/answers/%ed%a0%80",
    "/v1/answers/" + "e" * 5_000,
    "/v1/answers/x/export?format=%00",
    "/v1/answers/%00/export?format=bibtex",
    "/static/%00",
    "/static/..%2f..%2fapp.py",
    "/static/%ff",
    "/static/swagger/..%2f..%2f__init__.py",
    "/static/" + "d" * 5_000,
    "/healthz?%00",
    "/%00",
    "/%ff",
]

ODD_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "application/json; charset=nosuch",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "y" * 300,
    "application/xml",
    "nonsense",
    "/",
    ";;;",
]


@dataclass(frozen=True)
class Hostile:
    """One request."""

    label: str
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def requests() -> Iterator[Hostile]:
    """Every one of them."""
    for path in POSTED:
        for label, body in ODD_BODIES.items():
            yield Hostile(f"{path}: {label}", "POST", path, body, JSON)
        for kind in ODD_TYPES:
            body = b'--x\r\n{"question": "x"}'
            yield Hostile(f"{path} as {kind[:40]}", "POST", path, body, {"content-type": kind})
    yield from _values("/v1/ask", "question")
    yield from _values("/v1/search", "query")
    yield from _chats()
    for path in ODD_PATHS:
        yield Hostile(f"GET {path[:60]}", "GET", path)
        yield Hostile(f"DELETE {path[:60]}", "DELETE", path)
    for method in ("PUT", "PATCH", "OPTIONS", "HEAD", "TRACE"):
        yield Hostile(f"{method} /v1/ask", method, "/v1/ask")
        yield Hostile(f"{method} /", method, "/")


def _values(path: str, name: str) -> Iterator[Hostile]:
    """Every field with every odd value, the others as they should be."""
    bodies: list[tuple[str, object]] = [(label, {name: text}) for label, text in ODD_TEXTS.items()]
    for value in ODD_VALUES:
        bodies += [(f"{each}={value!r}", {name: "attention", each: value}) for each in FIELDS]
        bodies += [
            (f"filters.{each}={value!r}", {name: "attention", "filters": {each: value}}) for each in FILTERS
        ]
    for label, body in bodies:
        yield Hostile(f"{path}: {label}", "POST", path, json.dumps(body).encode(), JSON)


CHAT_FIELDS = (
    "model",
    "messages",
    "stream",
    "stream_options",
    "n",
    "response_format",
    "tool_choice",
    "citewell",
)


def _chats() -> Iterator[Hostile]:
    """Conversations with every odd text and every odd value in each field."""
    path = "/v1/chat/completions"
    asked: dict[str, object] = {"model": "citewell", "messages": [{"role": "user", "content": "attention"}]}
    bodies: list[tuple[str, object]] = [
        (label, {**asked, "messages": [{"role": "user", "content": text}]})
        for label, text in ODD_TEXTS.items()
    ]
    for value in ODD_VALUES:
        bodies += [(f"{name}={value!r}", {**asked, name: value}) for name in CHAT_FIELDS]
        bodies.append((f"content={value!r}", {**asked, "messages": [{"role": "user", "content": value}]}))
        bodies.append((f"message={value!r}", {**asked, "messages": [value]}))
    for label, body in bodies:
        yield Hostile(f"{path}: {label}", "POST", path, json.dumps(body).encode(), JSON)
