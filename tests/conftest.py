"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "citewell",
    deadline=None,  # a busy machine is no defect
    suppress_health_check=[HealthCheck.differing_executors],  # contracts are inherited by several classes
)
settings.load_profile("citewell")
