"""A bare FastAPI route: a question in, a body of an answer's size out. Prints its address, then serves."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel


class Ask(BaseModel):
    """What any such route reads."""

    question: str


def app_sending(body: bytes) -> FastAPI:
    """An app that checks a question and sends the same body back."""
    app = FastAPI()

    @app.post("/v1/ask")
    async def ask(asked: Ask) -> Response:
        return Response(body, media_type="application/json", headers={"X-Asked": str(len(asked.question))})

    return app


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("body", type=Path, help="what to send")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    print(f"Ready: http://127.0.0.1:{given.port}", flush=True)
    uvicorn.run(app_sending(given.body.read_bytes()), port=given.port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()
