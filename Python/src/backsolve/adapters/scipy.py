"""`scipy.optimize` on a scene: L-BFGS-B without constraints, SLSQP and trust-constr with them."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import BFGS, Bounds, NonlinearConstraint, OptimizeResult
from scipy.optimize import minimize as _minimize

from .._scene import Scene
from ..program import Program


def minimize(
    scene: Scene, method: Optional[str] = None, start: Optional[ArrayLike] = None, **options: Any
) -> OptimizeResult:
    """Minimize a scene; the result's ``fun`` is relative to the magnitude at the scene's start.

    :param method: ``L-BFGS-B`` (the default without constraints), ``SLSQP`` (with them) or ``trust-constr``.
    :param options: for the method, such as ``maxiter=100``.
    """
    program = Program(scene, scale=None)
    method = method or ("SLSQP" if program.constraint_count else "L-BFGS-B")
    constraints: Any = ()
    if program.constraint_count:
        if method == "SLSQP":
            constraints = {
                "type": "ineq",
                "fun": lambda x: -program.constraints(x),
                "jac": lambda x: -program.constraint_jacobian(x),
            }
        elif method == "trust-constr":
            constraints = NonlinearConstraint(
                program.constraints, -np.inf, 0.0, jac=program.constraint_jacobian, hess=BFGS()
            )
        else:
            raise ValueError(f"{method} takes no constraints, and the scene has {program.constraint_count}")
    result = _minimize(
        program.objective,
        program.start if start is None else np.asarray(start, dtype=float),
        jac=program.gradient,
        bounds=Bounds(program.lower, program.upper, keep_feasible=method == "trust-constr"),
        constraints=constraints,
        method=method,
        options=options,
    )
    result.scale = program.scale
    return result
