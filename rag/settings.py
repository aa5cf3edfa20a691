"""The only reader of the environment.

Settings are values: they build nothing and open nothing. ``rag.wiring`` turns them into parts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.errors import ConfigError

DEFAULT_LLM = "gpt-4.1-mini"
"""The chat model asked where only a key or a base URL is set."""
DEFAULT_RISK = 0.21
"""Where 3 % of the answerable dev questions of the worst set are refused: decision 0012."""

Names = Annotated[tuple[str, ...], NoDecode]
"""A list that the environment gives with commas."""

_ORIGIN = re.compile(r"https?://[^\s/*?#@]+")
_RATES = re.compile(r"[1-9]\d{0,8}/(second|minute|hour|day)(;[1-9]\d{0,8}/(second|minute|hour|day))*")


class Settings(BaseSettings):
    """Everything that can be set, from the environment (prefix ``CITEWELL_``) or by keyword."""

    model_config = SettingsConfigDict(
        env_prefix="CITEWELL_", extra="forbid", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(Path(".citewell"), description="Folder that holds all that is stored.")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL of the library; SQLite in data_dir unless set."
    )
    chroma_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+[^?#\s]*$",
        description="URL of a `chroma run` server for the vectors, which several processes can share; "
        "they lie in data_dir unless set.",
    )

    embedding: Literal["minilm", "openai"] = Field(
        "minilm", description="Which embedding model: local, or an endpoint."
    )
    embedding_model: str = Field(
        "text-embedding-3-small", description="Model name asked of an embedding endpoint."
    )
    embedding_base_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible embedding endpoint."
    )
    embedding_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    llm_model: str | None = Field(None, description="Chat model that writes; needs a key or a base URL too.")
    llm_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("CITEWELL_LLM_BASE_URL", "OPENAI_BASE_URL"),
        description="Base URL of an OpenAI-compatible chat endpoint; OpenAI itself unless set.",
    )
    llm_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("CITEWELL_LLM_API_KEY", "OPENAI_API_KEY"),
        description="Key for that endpoint.",
    )
    llm_context_tokens: int = Field(
        8192, ge=1024, le=4_000_000, description="Tokens that the chat model reads."
    )
    llm_max_tokens: int = Field(600, ge=16, le=100_000, description="Tokens that it may write.")
    llm_timeout_s: float = Field(
        60.0, gt=0, le=3600, description="Seconds for its whole reply, a retry included."
    )
    llm_idle_timeout_s: float = Field(20.0, gt=0, le=3600, description="Seconds that it may be silent.")
    llm_concurrency: int = Field(4, ge=1, le=256, description="Calls to it that run at one time.")
    llm_check: bool = Field(
        False,
        description="Whether it also checks each sentence it wrote, after the rules; a call a sentence.",
    )
    late_interaction: bool = Field(
        True,
        description="Whether vectors of words are stored and searched; docs/SCALE.md says what they cost.",
    )
    rerank_base_url: str | None = Field(
        None, description="Base URL of an endpoint with /rerank that orders the best papers; none unless set."
    )
    rerank_model: str = Field("rerank", description="Model name asked of that endpoint.")
    rerank_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    rerank_depth: int = Field(20, ge=1, le=50, description="Papers that it is shown.")
    threads: int = Field(0, ge=0, le=256, description="Threads for inference; 0 takes the cores there are.")
    precision: Literal["auto", "float32"] = Field(
        "auto",
        description="What the local model multiplies: bfloat16 where the processor is faster at it "
        "(Intel with AMX, AMD from Zen 4 on), or float32 everywhere.",
    )

    judge_model: str | None = Field(
        None, description="Model that grades answers in evaluation runs; none unless set."
    )
    judge_base_url: str | None = Field(
        None, description="Base URL of the judge's OpenAI-compatible endpoint."
    )
    judge_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")

    risk: float = Field(
        DEFAULT_RISK,
        ge=0.01,
        le=0.5,
        description="Tolerated share of unanswerable questions among those answered; lower refuses more.",
    )

    keep_answers: int = Field(
        10_000, ge=0, le=100_000_000, description="Answers kept with their receipts; 0 keeps none."
    )
    keep_answers_days: int = Field(
        30, ge=0, le=36_500, description="Days that an answer is kept; 0 keeps none."
    )

    api_key: SecretStr | None = Field(
        None, description="Key that the command line sends to the service that --url names."
    )
    host: str = Field("127.0.0.1", description="Address the server binds.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server binds; 0 takes a free one.")
    workers: int = Field(
        1, ge=1, le=64, description="Processes that answer; more than one needs CITEWELL_CHROMA_URL."
    )
    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024, description="Largest request body accepted.")
    concurrency: int = Field(4, ge=1, le=256, description="Calls that run at one time.")
    waiting: int = Field(
        64, ge=0, le=100_000, description="Calls that may wait for their turn; more get a 503."
    )

    log_format: Literal["text", "json"] = Field(
        "text", description="The log's form: lines for people, or a JSON object a line."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="From which level on the log is written; of libraries, from warnings on."
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("CITEWELL_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        pattern=r"^https?://[^/?#\s]+[^?#\s]*$",
        description="Where traces go (OTLP over HTTP), as `http://localhost:4318`; none are made unless set.",
    )
    trace_content: bool = Field(False, description="Whether traces hold what was asked.")
    call_timeout_s: float = Field(
        120.0,
        gt=0,
        le=3600,
        description="Seconds for one question or search, its waiting included; then a 504.",
    )
    keys_file: Path | None = Field(
        None, description="File of the API keys' hashes; api-keys.json in data_dir unless set."
    )
    rate_limit: str | None = Field(
        None,
        description="Requests of each API key, as `10/second;600/minute`, or `off`; 600/minute unless set. "
        "Where it is set and no key is asked for, of each address.",
    )
    allowed_hosts: Names = Field(
        (),
        description="Host names, with commas, that the server answers to beside those of this machine; "
        "any unless set where there are API keys.",
    )
    allowed_origins: Names = Field(
        (),
        description="Origins of pages, with commas, that may use the API from a browser, as "
        "`https://lab.example.org`; none unless set.",
    )

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return (
            [part for name in given.split(",") if (part := name.strip())] if isinstance(given, str) else given
        )

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for origin in given:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: write a scheme and a host, as https://lab.example.org"
                )
        return given

    @field_validator("rate_limit")
    @classmethod
    def _rates(cls, given: str | None) -> str | None:
        if given is not None and given != "off" and not _RATES.fullmatch(given):
            raise ValueError("write rates as 10/second;600/minute, or off")
        return given

    @property
    def keys_path(self) -> Path:
        """Where the API keys' hashes lie."""
        return self.keys_file or self.data_dir / "api-keys.json"

    @property
    def llm(self) -> str | None:
        """The chat model to ask, None where none is configured: a key, a base URL or a name makes it one."""
        configured = self.llm_model or self.llm_base_url or self.llm_api_key
        return (self.llm_model or DEFAULT_LLM) if configured else None


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with keyword overrides (``None`` means not given).

    Raises:
        ConfigError: a value is out of bounds or a name is unknown; names the setting.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values itself
    except ValidationError as error:
        faults = "; ".join(
            f"CITEWELL_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()
        )
        raise ConfigError(f"Bad settings: {faults}.") from error
