"""CMA-ES (`cma`) on a scene: for few unknowns and no trust in gradients."""

from __future__ import annotations

from typing import Any, Optional

import cma as _cma
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._errors import SolveFailed
from .._scene import Scene
from ..program import Program


def minimize(
    scene: Scene, deviation: float = 0.2, start: Optional[ArrayLike] = None, penalty: float = 1e3, **options: Any
) -> tuple[NDArray[np.float64], float, int]:
    """The best design, its objective and the number of solves. Constraints become a penalty on their violation.

    :param deviation: the first standard deviation, as a share of the bounds' width.
    :param options: CMA's own, such as ``maxfevals=200``, ``seed=1``, ``verbose=-9``.
    """
    program = Program(scene)
    width = program.upper - program.lower

    def value(t: NDArray[np.float64]) -> float:
        x = program.lower + width * np.asarray(t)
        try:
            cost = program.objective(x)
            if program.constraint_count:
                cost += penalty * float(np.maximum(program.constraints(x), 0).sum())
            return cost
        except SolveFailed:
            return float("nan")

    x0 = program.start if start is None else np.asarray(start, dtype=float)
    strategy = _cma.CMAEvolutionStrategy((x0 - program.lower) / width, deviation, {"bounds": [0, 1], **options})
    strategy.optimize(value)
    return program.lower + width * strategy.result.xbest, strategy.result.fbest, program.evaluations
