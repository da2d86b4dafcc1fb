"""Backsolve: a scene file as a function with derivatives.

>>> import backsolve
>>> scene = backsolve.Scene("Scenes/Structures/mbb-beam.yaml", ["domain.grid.cells=[30, 10]"])
>>> value, gradient = scene.value_and_gradient(scene.start)

Arrays are float64 and in SI units. Calls release the interpreter's lock, and any number of threads may call one scene.
"""

from ._errors import BacksolveError, InvalidInput, MachineError, SolveFailed, Cancelled
from ._library import library_version, set_threads
from ._scene import Block, Constraint, Linearization, OptimizationResult, Row, Scene, State, Values

__all__ = [
    "BacksolveError",
    "Block",
    "Cancelled",
    "Constraint",
    "InvalidInput",
    "Linearization",
    "MachineError",
    "OptimizationResult",
    "Row",
    "Scene",
    "SolveFailed",
    "State",
    "Values",
    "library_version",
    "set_threads",
]
__version__ = "0.1.0"
