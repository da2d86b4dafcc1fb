"""pymoo: a scene as a problem for evolutionary methods, one or several objectives."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
from pymoo.core.problem import ElementwiseProblem

from .._errors import SolveFailed
from .._scene import Scene
from ..program import Program


class SceneProblem(ElementwiseProblem):
    """The scene's objective and constraints; with ``objectives`` the rows named are minimized together.

    A design whose solve fails is as bad as can be.
    """

    def __init__(self, scene: Scene, objectives: Optional[Sequence[str]] = None, **kwargs: Any) -> None:
        self.program = Program(scene)
        names = [row.name for row in scene.rows]
        self.objectives = None if objectives is None else [names.index(name) for name in objectives]
        super().__init__(
            n_var=scene.size,
            n_obj=1 if self.objectives is None else len(self.objectives),
            n_ieq_constr=self.program.constraint_count if self.objectives is None else 0,
            xl=scene.lower,
            xu=scene.upper,
            **kwargs,
        )

    def _evaluate(self, x: np.ndarray, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        try:
            if self.objectives is not None:
                _, rows = self.program.scene.row_values(x)
                out["F"] = rows[self.objectives]
                return
            out["F"] = self.program.objective(x)
            if self.program.constraint_count:
                out["G"] = self.program.constraints(x)
        except SolveFailed:
            out["F"] = np.full(self.n_obj, 1e30)
            if self.n_ieq_constr:
                out["G"] = np.full(self.n_ieq_constr, 1e30)
