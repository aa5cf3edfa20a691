"""The protocol's own client, over each transport."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.fakes.process import ROOT


@asynccontextmanager
async def over_http(app: FastAPI) -> AsyncIterator[Client]:
    """A client of an app that has started."""
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http,
        Client(streamable_http_client("http://localhost/mcp", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_socket(url: str) -> AsyncIterator[Client]:
    """A client of a server that listens."""
    async with Client(streamable_http_client(f"{url}/mcp")) as client:
        yield client


@asynccontextmanager
async def over_stdio(*command: str, **environment: str) -> AsyncIterator[Client]:
    """A client that starts the server itself.

    Args:
        command: what Python is to run.
        environment: of it, beside what the client hands on by itself.
    """
    starts = StdioServerParameters(command=sys.executable, args=list(command), cwd=ROOT, env=environment)
    async with Client(stdio_client(starts)) as client:
        yield client
