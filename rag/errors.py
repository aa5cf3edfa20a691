"""Every error Citewell raises on purpose.

::

    CitewellError
    ├── InvalidInput          what was asked is malformed; names the field
    │   └── UnknownFormat     no reader knows this file
    ├── NotFound              no such paper, job or answer
    │   └── ModelUnknown      no model of this name can be asked
    ├── ConfigError           a setting is wrong or missing; names the setting
    │   ├── ModelMissing      weights are not installed, or are not the ones expected
    │   └── Unguarded         other machines could reach the server, and it asks for no key
    ├── LibraryError          the system of record
    │   ├── LibraryLocked     another process holds it
    │   ├── LibraryCorrupt    it can't be read; says what to do
    │   ├── DiskFull          there is no room to write; what was stored stays whole
    │   └── EmbeddingMismatch it was embedded with another model
    ├── SavedUnavailable      the saved answers can't be read or written
    ├── NotReady              a needed part is down or still loading; try again later
    │   ├── IndexUnavailable  the indexes can't be opened or rebuilt
    │   │   └── StoreUnavailable  the vector store on a server does not answer
    │   ├── Overtaken         what an answer rests on was changed while it was written
    │   └── Stopped           told to stop before it was done
    ├── TimedOut              a call took longer than it may
    └── ModelFailed           the language or embedding model behind failed
        └── ModelTimeout      ... by not answering in time

The message of each says what to do next.
"""

from __future__ import annotations


class CitewellError(Exception):
    """The root; catching it catches every error Citewell raises on purpose."""


class InvalidInput(CitewellError):
    """What was asked is malformed.

    Args:
        message: what is wrong and what is accepted.
        field: the name of the offending field, dotted where nested.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnknownFormat(InvalidInput):
    """No reader recognises the file."""


class NotFound(CitewellError):
    """No such paper, job or answer."""


class ModelUnknown(NotFound):
    """No model of this name can be asked."""


class ConfigError(CitewellError):
    """A setting is wrong or missing."""


class ModelMissing(ConfigError):
    """Model weights are not installed, or their hash is not the expected one."""


class Unguarded(ConfigError):
    """Other machines could reach the server, and it would ask nobody for a key."""


class LibraryError(CitewellError):
    """The system of record failed."""


class LibraryLocked(LibraryError):
    """Another process holds the library."""


class LibraryCorrupt(LibraryError):
    """The library can't be read."""


class DiskFull(LibraryError):
    """There is no room to write; what was stored stays whole."""


class EmbeddingMismatch(LibraryError):
    """The library was embedded with another model than the one configured; names both."""


class SavedUnavailable(CitewellError):
    """The saved answers can't be read or written."""


class NotReady(CitewellError):
    """A needed part is down or still loading."""

    def __init__(self, message: str, *, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class IndexUnavailable(NotReady):
    """The indexes can't be opened or rebuilt."""


class Overtaken(NotReady):
    """A paper that an answer rests on was removed or changed after the answer had begun to be sent."""


class Stopped(NotReady):
    """The work was told to stop before it was done: nobody waits for it, or the server is being stopped."""


class TimedOut(CitewellError):
    """A call took longer than it may."""


class StoreUnavailable(IndexUnavailable):
    """The vector store on a server does not answer."""


class ModelFailed(CitewellError):
    """The language or embedding model behind failed.

    Args:
        message: what happened.
        kind: the same in a word, out of a few, for figures.
    """

    def __init__(self, message: str, *, kind: str = "failed") -> None:
        super().__init__(message)
        self.kind = kind


class ModelTimeout(ModelFailed):
    """The model behind did not answer in time."""

    def __init__(self, message: str, *, kind: str = "timeout") -> None:
        super().__init__(message, kind=kind)
