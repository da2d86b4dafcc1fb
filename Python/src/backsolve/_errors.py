"""What calls raise, by what the library's status says."""

from __future__ import annotations


class BacksolveError(Exception):
    """Any failure of the library."""


class SolveFailed(BacksolveError):
    """A numerical failure at an input that is in order; the message says what was tried."""


class InvalidInput(BacksolveError, ValueError):
    """A mistake of the caller: in the scene, in a size, in a number."""


class MachineError(BacksolveError, OSError):
    """The machine refused: memory, files."""


class Cancelled(BacksolveError):
    """The call was ended by :meth:`Scene.cancel`."""


_BY_STATUS = {1: SolveFailed, 2: InvalidInput, 3: MachineError, 4: InvalidInput, 5: InvalidInput, 130: Cancelled}


def error(status: int, message: str) -> BacksolveError:
    return _BY_STATUS.get(status, BacksolveError)(message or f"status {status}")
