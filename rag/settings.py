"""The only reader of the environment.

Settings are values: they build nothing and open nothing. ``rag.wiring`` turns them into parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError

DEFAULT_LLM = "gpt-4.1-mini"
"""The chat model asked where only a key or a base URL is set."""


class Settings(BaseSettings):
    """Everything that can be set, from the environment (prefix ``CITEWELL_``) or by keyword."""

    model_config = SettingsConfigDict(
        env_prefix="CITEWELL_", extra="forbid", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(Path(".citewell"), description="Folder that holds all that is stored.")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL of the library; SQLite in data_dir unless set."
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
    threads: int = Field(0, ge=0, le=256, description="Threads for inference; 0 takes the cores there are.")

    judge_model: str | None = Field(
        None, description="Model that grades answers in evaluation runs; none unless set."
    )
    judge_base_url: str | None = Field(
        None, description="Base URL of the judge's OpenAI-compatible endpoint."
    )
    judge_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")

    risk: float = Field(
        0.38,
        ge=0.01,
        le=0.5,
        description="Tolerated share of unanswerable questions among those answered; lower refuses more.",
    )

    host: str = Field("127.0.0.1", description="Address the server binds.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server binds; 0 takes a free one.")
    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024, description="Largest request body accepted.")
    concurrency: int = Field(4, ge=1, le=256, description="Calls that run at one time.")
    waiting: int = Field(
        64, ge=0, le=100_000, description="Calls that may wait for their turn; more get a 503."
    )

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
