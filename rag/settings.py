"""The only reader of the environment.

Settings are values: they build nothing and open nothing. ``rag.wiring`` turns them into parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError


class Settings(BaseSettings):
    """Everything that can be set, from the environment (prefix ``CITEWELL_``) or by keyword."""

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="forbid", frozen=True)

    data_dir: Path = Field(Path(".citewell"), description="Folder that holds all that is stored.")
    database_url: str | None = Field(None, description="SQLAlchemy URL of the library; SQLite in data_dir unless set.")

    embedding: Literal["minilm", "openai"] = Field("minilm", description="Which embedding model: local, or an endpoint.")
    embedding_model: str = Field("text-embedding-3-small", description="Model name asked of an embedding endpoint.")
    embedding_base_url: str | None = Field(None, description="Base URL of an OpenAI-compatible embedding endpoint.")
    embedding_api_key: SecretStr | None = Field(None, description="Key for that endpoint.")
    threads: int = Field(0, ge=0, le=256, description="Threads for inference; 0 takes the cores there are.")

    host: str = Field("127.0.0.1", description="Address the server binds.")
    port: int = Field(8000, ge=0, le=65535, description="Port the server binds; 0 takes a free one.")
    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024, description="Largest request body accepted.")
    concurrency: int = Field(4, ge=1, le=256, description="Calls that run at one time.")
    waiting: int = Field(64, ge=0, le=100_000, description="Calls that may wait for their turn; more get a 503.")


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
