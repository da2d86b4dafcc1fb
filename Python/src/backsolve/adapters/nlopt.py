"""NLopt on a scene: MMA and SLSQP by gradients, COBYLA and others without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import nlopt as _nlopt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._scene import Scene
from ..program import Program


@dataclass(frozen=True)
class Result:
    design: NDArray[np.float64]
    #: Relative to the magnitude at the scene's start.
    objective: float
    evaluations: int
    status: int


def minimize(
    scene: Scene,
    algorithm: str = "LD_MMA",
    start: Optional[ArrayLike] = None,
    evaluations: int = 100,
    relative_tolerance: float = 1e-6,
    feasibility: float = 1e-6,
) -> Result:
    """Minimize a scene with an algorithm by its NLopt name: ``LD_MMA``, ``LD_SLSQP``, ``LN_COBYLA``..."""
    program = Program(scene, scale=None)
    opt = _nlopt.opt(getattr(_nlopt, algorithm), program.size)
    opt.set_lower_bounds(program.lower)
    opt.set_upper_bounds(program.upper)
    opt.set_maxeval(evaluations)
    opt.set_ftol_rel(relative_tolerance)

    def objective(x: NDArray[np.float64], gradient: NDArray[np.float64]) -> float:
        if gradient.size:
            gradient[:] = program.gradient(x)
        return program.objective(x)

    def constraint(index: int):
        def value(x: NDArray[np.float64], gradient: NDArray[np.float64]) -> float:
            if gradient.size:
                gradient[:] = program.constraint_jacobian(x)[index]
            return float(program.constraints(x)[index])

        return value

    opt.set_min_objective(objective)
    for index in range(program.constraint_count):
        opt.add_inequality_constraint(constraint(index), feasibility)
    x = opt.optimize(program.start if start is None else np.asarray(start, dtype=float))
    return Result(x, opt.last_optimum_value(), program.evaluations, opt.last_optimize_result())
