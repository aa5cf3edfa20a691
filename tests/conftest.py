"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("citewell", deadline=None)  # a busy machine is no defect
settings.load_profile("citewell")
