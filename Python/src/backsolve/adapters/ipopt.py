"""IPOPT on a scene, through `cyipopt`."""

from __future__ import annotations

from typing import Any, Optional

import cyipopt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._scene import Scene
from ..program import Program


def minimize(
    scene: Scene, start: Optional[ArrayLike] = None, **options: Any
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """The design and IPOPT's own account; the Hessian is approximated (L-BFGS).

    :param options: IPOPT's own, such as ``max_iter=50``, ``tol=1e-6``, ``print_level=0``.
    """
    program = Program(scene, scale=None)

    class Callbacks:
        objective = staticmethod(program.objective)
        gradient = staticmethod(program.gradient)
        constraints = staticmethod(program.constraints)

        @staticmethod
        def jacobian(x: NDArray[np.float64]) -> NDArray[np.float64]:
            return program.constraint_jacobian(x).ravel()

    m = program.constraint_count
    problem = cyipopt.Problem(
        n=program.size, m=m, problem_obj=Callbacks(), lb=program.lower, ub=program.upper,
        cl=np.full(m, -1e20), cu=np.zeros(m),
    )  # fmt: skip
    problem.add_option("hessian_approximation", "limited-memory")
    for name, value in options.items():
        problem.add_option(name, value)
    x, info = problem.solve(program.start if start is None else np.asarray(start, dtype=float))
    return x, info
