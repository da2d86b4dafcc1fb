"""Nevergrad on a scene."""

from __future__ import annotations

from typing import Optional

import nevergrad as ng
import numpy as np
from numpy.typing import NDArray

from .._scene import Scene
from ..program import Program


def minimize(
    scene: Scene, method: str = "NGOpt", budget: int = 100, seed: Optional[int] = 1
) -> tuple[NDArray[np.float64], float]:
    """The recommended design and its objective. Constraints are told to the method as violations."""
    program = Program(scene)
    design = ng.p.Array(init=program.start.copy()).set_bounds(program.lower, program.upper)
    if seed is not None:
        design.random_state.seed(seed)
    optimizer = ng.optimizers.registry[method](parametrization=design, budget=budget)

    def violations(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(program.constraints(x), 0)

    best = optimizer.minimize(
        program.objective, constraint_violation=[violations] if program.constraint_count else None
    )
    return best.value, program.objective(best.value)
