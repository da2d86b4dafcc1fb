"""A scene as the nonlinear program that optimizers of other packages take."""

from __future__ import annotations

from typing import Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._scene import Scene

Array = NDArray[np.float64]


class Program:
    """Minimize ``objective(x)`` subject to ``constraints(x) <= 0`` and ``lower <= x <= upper``.

    The objective is negated where the scene maximizes, and divided by ``scale``; a constraint is divided by its bound, so
    that it has no unit. Values and derivatives at a point come from one solve and are kept for the calls that follow.

    :param scale: what the objective is divided by; ``None`` takes its magnitude at the start.
    """

    def __init__(self, scene: Scene, scale: Optional[float] = 1.0) -> None:
        self.scene = scene
        self.lower, self.upper, self.start = scene.lower, scene.upper, scene.start
        self.size = scene.size
        self.constraint_count = len(scene.constraints)
        #: Solves so far.
        self.evaluations = 0
        self._objective_rows = [index for index, row in enumerate(scene.rows) if row.is_objective]
        self._sign = -1.0 if scene.maximizes else 1.0
        self._factors = np.array(
            [(1.0 if c.at_most else -1.0) / (abs(c.bound) or 1.0) for c in scene.constraints]
        )
        self._bounds = np.array([c.bound for c in scene.constraints])
        self._rows = [c.row for c in scene.constraints]
        self._point: Optional[Array] = None
        self._slopes_point: Optional[Array] = None
        self._values: Array = np.empty(0)
        self._jacobian: Array = np.empty((0, 0))
        self.scale = 1.0
        if scale is None:
            scale = abs(self.objective(self.start)) or 1.0
        self.scale = scale

    def objective(self, x: ArrayLike) -> float:
        self._evaluate(x)
        return self._sign * max(self._values[self._objective_rows]) / self.scale

    def gradient(self, x: ArrayLike) -> Array:
        self._differentiate(x)
        worst = max(self._objective_rows, key=lambda row: self._values[row])
        return self._jacobian[worst] * (self._sign / self.scale)

    def constraints(self, x: ArrayLike) -> Array:
        self._evaluate(x)
        return self._factors * (self._values[self._rows] - self._bounds)

    def constraint_jacobian(self, x: ArrayLike) -> Array:
        self._differentiate(x)
        return self._factors[:, None] * self._jacobian[self._rows]

    def _evaluate(self, x: ArrayLike) -> None:
        x = self._inside(x)
        if self._point is None or not np.array_equal(x, self._point):
            _, self._values = self.scene.row_values(x)
            self._point = x.copy()
            self.evaluations += 1

    def _differentiate(self, x: ArrayLike) -> None:
        x = self._inside(x)
        if self._slopes_point is None or not np.array_equal(x, self._slopes_point):
            self._values, self._jacobian = self.scene.jacobian(x)
            self._point = x.copy()
            self._slopes_point = self._point
            self.evaluations += 1

    def _inside(self, x: ArrayLike) -> Array:
        """Optimizers step over bounds by rounding, some by more."""
        return np.clip(np.asarray(x, dtype=np.float64).reshape(-1), self.lower, self.upper)
