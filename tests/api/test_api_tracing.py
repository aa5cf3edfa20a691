from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from api.app import create_app
from api.backend import Opener, Opening
from api.tracing import tracer_provider
from rag.settings import Settings, load_settings
from rag.wiring import open_service
from tests.fakes.app import running
from tests.fakes.embedding import WordHashEmbedding
from tests.fakes.llm_server import Fails, LlmServer, Says
from tests.fakes.otlp import receiver, told
from tests.fakes.papers import PAPERS

if TYPE_CHECKING:
    from rag.service import Service

QUESTION = "How is attention made sparse for translation?"


def opening(settings: Settings) -> Opener:
    def opener(_: Opening) -> Service:
        service = open_service(settings, WordHashEmbedding())
        service.ingest_papers(PAPERS)
        return service

    return opener


@asynccontextmanager
async def traced(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, InMemorySpanExporter]]:
    """The real service with a cheap embedding, and the spans that it makes."""
    kept, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    async with running(create_app(opening(settings), settings, provider)) as client:
        yield client, kept
    provider.shutdown()


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def everything(kept: InMemorySpanExporter) -> str:
    return " ".join(span.to_json() for span in kept.get_finished_spans())


async def test_every_stage_of_an_answer_is_a_span_of_its_request(tmp_path: Path) -> None:
    with LlmServer() as server:
        server.will(Says("We make attention sparse, e.g. by a new function [1]."))
        settings = load_settings(data_dir=tmp_path, llm_base_url=server.base_url, llm_model="small", risk=0.5)
        async with traced(settings) as (client, kept):
            headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
            answer = (await client.post("/v1/ask", json={"question": QUESTION}, headers=headers)).json()
            await client.get("/healthz")
            await client.get("/metrics")
    spans = by_name(kept)
    request = spans["POST /v1/ask"]
    assert request.kind is SpanKind.SERVER
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    stages = {
        "citewell.condense",
        "retrieval library",
        "citewell.evidence",
        "citewell.verify",
        "citewell.write",
    }
    assert stages <= set(spans)
    assert {span.context.trace_id for span in kept.get_finished_spans() if span.context} == {
        request.context.trace_id
    }
    for name in stages:
        parent = spans[name].parent
        assert parent is not None
        assert parent.span_id == request.context.span_id
    assert attributes(spans["retrieval library"])["gen_ai.retrieval.top_k"] == 10
    assert answer["mode"] == "llm"
    chat = spans["chat small"]
    assert chat.kind is SpanKind.CLIENT
    assert chat.parent is not None
    assert spans["citewell.write"].context is not None
    assert chat.parent.span_id == spans["citewell.write"].context.span_id
    told = attributes(chat)
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.response.finish_reasons"] == ("stop",)
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (11, 7)
    assert isinstance(told["gen_ai.response.time_to_first_chunk"], float)
    assert "/healthz" not in everything(kept)
    assert "/metrics" not in everything(kept)


async def test_a_stream_that_its_client_leaves_ends_its_spans(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with LlmServer() as server:
        server.will(Says("We make attention sparse, e.g. by a new function [1]. " * 20, pause_s=0.01))
        settings = load_settings(data_dir=tmp_path, llm_base_url=server.base_url, llm_model="small", risk=0.5)
        async with traced(settings) as (client, kept):
            asking = asyncio.create_task(client.post("/v1/ask", json={"question": QUESTION, "stream": True}))
            while not server.requests:
                await asyncio.sleep(0.01)
            asking.cancel()
            while "citewell.write" not in by_name(kept):
                await asyncio.sleep(0.01)
    assert {"chat small", "citewell.write"} <= set(by_name(kept))
    assert [record.message for record in caplog.records if record.name.startswith("opentelemetry")] == []


@pytest.mark.parametrize("content", [False, True])
async def test_spans_hold_what_was_asked_only_where_that_is_set(tmp_path: Path, content: bool) -> None:
    settings = load_settings(data_dir=tmp_path, trace_content=content)
    async with traced(settings) as (client, kept):
        await client.post("/v1/ask", json={"question": QUESTION})
        await client.get("/v1/papers", params={"q": "attention"})
        await client.get("/v1/papers/attention")
        await client.post("/v1/ask", json={"question": QUESTION, "top_k": "attention"})
    told = everything(kept)
    assert ("attention" in told.lower()) is content
    assert "GET /v1/papers" in told
    if content:
        assert attributes(by_name(kept)["retrieval library"])["gen_ai.retrieval.query.text"]


async def test_a_models_failure_is_counted_and_told_by_its_kind(tmp_path: Path) -> None:
    with LlmServer() as server:
        server.will(*[Fails(400)] * 4)
        settings = load_settings(data_dir=tmp_path, llm_base_url=server.base_url, llm_model="small", risk=0.5)
        async with traced(settings) as (client, kept):
            history = [{"role": "user", "content": "What of translation?"}]
            answer = await client.post("/v1/ask", json={"question": QUESTION, "history": history})
            figures = (await client.get("/metrics")).text
    assert any(part.startswith("llm") for part in answer.json()["degraded"])
    assert 'citewell_model_errors_total{kind="refused",part="llm"}' in figures
    assert 'citewell_degraded_total{part="llm"}' in figures
    assert 'citewell_first_text_seconds_count{mode="extractive"} 1.0' in figures
    chat = by_name(kept)["chat small"]
    assert attributes(chat)["error.type"] == "refused"
    assert not chat.status.is_ok
    assert [event.name for event in by_name(kept)["citewell.condense"].events] == ["citewell.worked_around"]


async def test_the_loops_lateness_is_a_figure(tmp_path: Path) -> None:
    async with traced(load_settings(data_dir=tmp_path)) as (client, _):
        while "citewell_event_loop_lag_seconds_count 0.0" in (await client.get("/metrics")).text:
            await asyncio.sleep(0.1)


def test_no_traces_are_made_unless_it_is_said_where_they_go(tmp_path: Path) -> None:
    assert tracer_provider(load_settings(data_dir=tmp_path)) is None


@pytest.mark.parametrize("content", [False, True])
async def test_a_collector_receives_the_spans_of_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bool
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=lab")
    with LlmServer() as server, receiver() as collector:
        server.will(Says("We make attention sparse, e.g. by a new function [1]."))
        settings = load_settings(
            data_dir=tmp_path,
            llm_base_url=server.base_url,
            llm_model="small",
            risk=0.5,
            otlp_endpoint=collector.url,
            trace_content=content,
        )
        async with running(create_app(opening(settings), settings)) as client:
            await client.post("/v1/ask", json={"question": QUESTION})
    assert collector.paths == {"/v1/traces"}
    assert collector.headers["x-team"] == "lab"
    assert collector.resource["service.name"] == "citewell"
    spans = collector.spans
    assert {"POST /v1/ask", "retrieval library", "chat small", "citewell.verify"} <= set(spans)
    assert len({span.trace_id for span in spans.values()}) == 1
    chat = told(spans["chat small"].attributes)
    assert spans["chat small"].kind == spans["retrieval library"].kind == Span.SPAN_KIND_CLIENT
    assert (chat["gen_ai.operation.name"], chat["gen_ai.provider.name"]) == ("chat", "openai")
    assert (chat["gen_ai.request.model"], chat["gen_ai.request.stream"]) == ("small", True)
    assert chat["gen_ai.response.finish_reasons"] == ["stop"]
    assert (chat["gen_ai.usage.input_tokens"], chat["gen_ai.usage.output_tokens"]) == (11, 7)
    found = told(spans["retrieval library"].attributes)
    assert (found["gen_ai.operation.name"], found["gen_ai.data_source.id"]) == ("retrieval", "library")
    assert found["gen_ai.retrieval.top_k"] == 10
    assert found.get("gen_ai.retrieval.query.text") == (QUESTION if content else None)
    assert ("sparse" in str(collector.requests)) is content
