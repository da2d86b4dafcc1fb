"""The shared library and the types of its functions (``backsolve.h``)."""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_int32, c_size_t, c_uint64, c_void_p
from pathlib import Path

_ABI = 1
MESSAGE_SIZE = 8192

ITERATION_CALLBACK = ctypes.CFUNCTYPE(
    c_int32, c_void_p, c_int32, c_double, c_double, c_double, POINTER(c_double), c_size_t
)


def _candidates() -> list[Path]:
    name = "libBacksolveC.so"
    here = Path(__file__).resolve().parent
    found = [here / name]
    # A checkout: what the package manager built, optimized first.
    for parent in here.parents:
        if (parent / "Package.swift").is_file():
            found += [parent / ".build" / kind / name for kind in ("release", "debug")]
            break
    return found


def _load() -> ctypes.CDLL:
    given = os.environ.get("BACKSOLVE_LIBRARY")
    candidates = [Path(given)] if given else _candidates()
    for path in candidates:
        if path.is_file():
            return ctypes.CDLL(str(path))
    places = ", ".join(str(path) for path in candidates)
    raise ImportError(
        f"found no libBacksolveC.so (looked at {places}); build it with `swift build -c release --product BacksolveC`, "
        "or set BACKSOLVE_LIBRARY to where it is"
    )


library = _load()

_p = c_void_p
_SIGNATURES = {
    "backsolve_version": (c_char_p, []),
    "backsolve_abi_version": (c_int32, []),
    "backsolve_set_threads": (c_int32, [c_int32]),
    "backsolve_scene_open": (c_int32, [c_char_p, POINTER(c_char_p), c_size_t, c_int32, _p, _p, c_size_t]),
    "backsolve_scene_close": (c_int32, [c_uint64]),
    "backsolve_scene_cancel": (c_int32, [c_uint64]),
    "backsolve_scene_sizes": (c_int32, [c_uint64, _p, _p, _p]),
    "backsolve_scene_description": (c_int32, [c_uint64, _p, c_size_t, _p]),
    "backsolve_scene_bounds": (c_int32, [c_uint64, _p, _p, c_size_t]),
    "backsolve_scene_start": (c_int32, [c_uint64, _p, c_size_t]),
    "backsolve_evaluate": (c_int32, [c_uint64, _p, c_size_t, _p, _p, c_size_t, _p, c_size_t, _p, c_size_t]),
    "backsolve_value_and_gradient": (
        c_int32,
        [c_uint64, _p, c_size_t, _p, _p, c_size_t, _p, c_size_t, _p, c_size_t],
    ),
    "backsolve_jacobian": (c_int32, [c_uint64, _p, c_size_t, _p, c_size_t, _p, c_size_t, _p, c_size_t]),
    "backsolve_hessian_vector": (
        c_int32,
        [c_uint64, _p, c_size_t, _p, c_size_t, _p, c_size_t, _p, c_size_t, _p, c_size_t],
    ),
    "backsolve_linearize": (c_int32, [c_uint64, _p, c_size_t, _p, _p, c_size_t, _p, c_size_t, _p, _p, c_size_t]),
    "backsolve_linearization_close": (c_int32, [c_uint64]),
    "backsolve_pullback": (c_int32, [c_uint64, _p, c_size_t, _p, c_size_t, _p, c_size_t, _p, c_size_t]),
    "backsolve_pushforward": (c_int32, [c_uint64, _p, c_size_t, _p, c_size_t, _p, c_size_t, _p, c_size_t]),
    "backsolve_optimize": (
        c_int32,
        [c_uint64, ITERATION_CALLBACK, _p, _p, c_size_t, _p, _p, c_size_t, _p, _p, c_size_t],
    ),
}
for _name, (_result, _arguments) in _SIGNATURES.items():
    _function = getattr(library, _name)
    _function.restype = _result
    _function.argtypes = _arguments

if library.backsolve_abi_version() != _ABI:
    raise ImportError(f"the library speaks version {library.backsolve_abi_version()} of its interface, expected {_ABI}")


def library_version() -> str:
    """The version of the shared library."""
    return library.backsolve_version().decode()


def set_threads(count: int) -> None:
    """Use at most this many threads, in the whole process. It changes how long work takes, never its result."""
    if library.backsolve_set_threads(count) != 0:
        raise ValueError(f"{count} threads: expected a number from 1 to 1024")
