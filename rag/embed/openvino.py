"""OpenVINO, imported so that it tells nobody, and what this processor multiplies best."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

Precision = Literal["auto", "float32"]

_REPORTS = "openvino.tools.ovc"
_CPU_INFO = Path("/proc/cpuinfo")


def runtime() -> ModuleType:
    """The package ``openvino``.

    Its part that converts models reports each import to the makers, and is the only one that does. Nothing is
    converted here: it is taken for absent, which the package allows for.
    """
    if _REPORTS not in sys.modules:
        sys.modules[_REPORTS] = None  # type: ignore[assignment]  # an import of it fails, as if it were absent
    import openvino  # type: ignore[import-untyped]  # ships stubs, and no mark that they count

    return cast(ModuleType, openvino)


def multiplied_in(precision: Precision) -> Literal["bfloat16", "float32"]:
    """What the model multiplies on this machine under a setting."""
    return "bfloat16" if precision == "auto" and multiplies_bfloat16() else "float32"


def multiplies_bfloat16(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether the processor is faster in bfloat16: by the matrix (AMX), or an AMD one by vectors.

    Intel's that only have vectors of bfloat16 are slower with them than with float32 (decision 0005).
    """
    try:
        told = set(cpu_info.read_text(encoding="utf-8").split())
    except OSError:
        return False
    return "amx_bf16" in told or {"AuthenticAMD", "avx512_bf16"} <= told
