"""Scenes as functions with derivatives."""

from __future__ import annotations

import ctypes
import json
import os
import threading
import weakref
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._errors import error
from ._library import ITERATION_CALLBACK, MESSAGE_SIZE, library

Array = NDArray[np.float64]

_evaluate = library.backsolve_evaluate
_value_and_gradient = library.backsolve_value_and_gradient


@dataclass(frozen=True)
class Block:
    """A named part of the design or the state."""

    name: str
    shape: tuple[int, ...]
    unit: str

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))


@dataclass(frozen=True)
class Constraint:
    """``sign * (value of row - bound)`` must be at most zero."""

    row: int
    name: str
    bound: float
    at_most: bool


@dataclass(frozen=True)
class Row:
    """A number that every evaluation returns."""

    name: str
    is_objective: bool


@dataclass(frozen=True)
class Values:
    """What a scene returns at a design."""

    objective: float
    rows: dict[str, float]
    state: dict[str, Array] = field(default_factory=dict)


State = dict[str, Array]


@dataclass(frozen=True)
class OptimizationResult:
    """The design that the scene's own optimizer found."""

    design: Array
    objective: float
    rows: dict[str, float]
    iterations: int
    status: str


class Scene:
    """A scene file as a function of its design.

    :param path: the scene file.
    :param overrides: texts such as ``"optimizer.mma.move-limit=0.1"``, or a mapping of paths to values.
    :param iteration: the iteration of a run whose continuation holds; schedules change what a design means.
    :raises InvalidInput: with every mistake found in the scene, one a line.
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        overrides: Union[Sequence[str], Mapping[str, Any]] = (),
        iteration: int = 1,
    ) -> None:
        if isinstance(overrides, Mapping):
            overrides = [f"{key}={_text(value)}" for key, value in overrides.items()]
        texts = (ctypes.c_char_p * max(1, len(overrides)))(*[text.encode() for text in overrides])
        handle = ctypes.c_uint64()
        message = _message()
        status = library.backsolve_scene_open(
            os.fspath(path).encode(), texts, len(overrides), iteration, ctypes.byref(handle), message, MESSAGE_SIZE
        )
        if status:
            raise error(status, message.value.decode())
        self._handle = handle.value
        self._finalizer = weakref.finalize(self, library.backsolve_scene_close, self._handle)
        self._describe()

    def _describe(self) -> None:
        needed = ctypes.c_size_t()
        library.backsolve_scene_description(self._handle, None, 0, ctypes.byref(needed))
        text = ctypes.create_string_buffer(needed.value)
        _check(library.backsolve_scene_description(self._handle, text, needed.value, None))
        self.description: dict[str, Any] = json.loads(text.value.decode())
        d = self.description
        self.name: str = d["name"]
        self.title: str = d["title"]
        self.maximizes: bool = d["objective"]["sense"] == "maximize"
        self.design_blocks = [_block(block) for block in d["design"]]
        self.state_blocks = [_block(block) for block in d["state"]]
        self.rows = [Row(row["name"], row["objective"]) for row in d["rows"]]
        self.constraints = [
            Constraint(index, row["name"], value, sense != "at-least" if sense != "equals" else at_most)
            for index, row in enumerate(d["rows"])
            for bound in row["bounds"]
            for sense, value in bound.items()
            # What must be equal is at most and at least that.
            for at_most in ((True, False) if sense == "equals" else (True,))
        ]
        self.size: int = sum(block.size for block in self.design_blocks)
        self._row_names = [row.name for row in self.rows]
        self._state_size = sum(block.size for block in self.state_blocks)
        self.lower: Array = np.empty(self.size)
        self.upper: Array = np.empty(self.size)
        _check(
            library.backsolve_scene_bounds(self._handle, self.lower.ctypes.data, self.upper.ctypes.data, self.size)
        )
        self.start: Array = np.empty(self.size)
        _check(library.backsolve_scene_start(self._handle, self.start.ctypes.data, self.size))

    def __repr__(self) -> str:
        return f"Scene({self.name!r}, {self.size} design entries, rows {self._row_names})"

    def close(self) -> None:
        """Give up the scene's memory now instead of when it is collected."""
        self._finalizer()

    def cancel(self) -> None:
        """End the calls that run now, in whatever thread: they raise :class:`Cancelled`."""
        _check(library.backsolve_scene_cancel(self._handle))

    # -- values ------------------------------------------------------------------------------------------------------

    def value(self, design: ArrayLike) -> float:
        """The objective, as the scene defines it (not negated where it is maximized)."""
        return self.row_values(design)[0]

    def row_values(self, design: ArrayLike) -> tuple[float, Array]:
        """The objective and all rows as one array."""
        x = _vector(design, self.size)
        rows = np.empty(len(self.rows))
        objective = ctypes.c_double()
        message = _message()
        status = _evaluate(
            self._handle, x.ctypes.data, x.size, ctypes.byref(objective), rows.ctypes.data, rows.size, None, 0, message,
            MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return objective.value, rows

    def simulate(self, design: Optional[ArrayLike] = None) -> Values:
        """Objective, rows and the whole named state at a design; at the scene's start when left out."""
        x = _vector(self.start if design is None else design, self.size)
        rows = np.empty(len(self.rows))
        state = np.empty(self._state_size)
        objective = ctypes.c_double()
        message = _message()
        status = _evaluate(
            self._handle, x.ctypes.data, x.size, ctypes.byref(objective), rows.ctypes.data, rows.size,
            state.ctypes.data if state.size else None, state.size, message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return Values(objective.value, self._named(rows), self._split(state))

    # -- derivatives -------------------------------------------------------------------------------------------------

    def value_and_gradient(self, design: ArrayLike) -> tuple[float, Array]:
        """The objective and its gradient."""
        value, gradient, _ = self.value_gradient_rows(design)
        return value, gradient

    def value_gradient_rows(self, design: ArrayLike) -> tuple[float, Array, Array]:
        """The objective, its gradient, and the values of all rows."""
        x = _vector(design, self.size)
        gradient = np.empty(self.size)
        rows = np.empty(len(self.rows))
        objective = ctypes.c_double()
        message = _message()
        status = _value_and_gradient(
            self._handle, x.ctypes.data, x.size, ctypes.byref(objective), gradient.ctypes.data, gradient.size,
            rows.ctypes.data, rows.size, message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return objective.value, gradient, rows

    def jacobian(self, design: ArrayLike) -> tuple[Array, Array]:
        """The rows and their Jacobian ``[rows, design]``; one adjoint solve a row."""
        x = _vector(design, self.size)
        rows = np.empty(len(self.rows))
        jacobian = np.empty((len(self.rows), self.size))
        message = _message()
        status = library.backsolve_jacobian(
            self._handle, x.ctypes.data, x.size, rows.ctypes.data, rows.size, jacobian.ctypes.data, jacobian.size,
            message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return rows, jacobian

    def hessian_vector(
        self, design: ArrayLike, direction: ArrayLike, weights: Optional[ArrayLike] = None
    ) -> Array:
        """The Hessian of a weighted sum of rows (of the objective, when left out) times a direction.

        A central difference of gradients: good to about 1e-6, or 1e-4 where particles run in single precision.
        """
        x, d = _vector(design, self.size), _vector(direction, self.size)
        if weights is None:
            weights = [1.0 if row.is_objective else 0.0 for row in self.rows]
        w = _vector(weights, len(self.rows))
        product = np.empty(self.size)
        message = _message()
        status = library.backsolve_hessian_vector(
            self._handle, x.ctypes.data, x.size, w.ctypes.data, w.size, d.ctypes.data, d.size, product.ctypes.data,
            product.size, message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return product

    def linearize(self, design: ArrayLike) -> tuple[State, "Linearization"]:
        """The named state at a design, and the pullback there.

        >>> state, pullback = scene.linearize(x)
        >>> loss = (state["displacement"] ** 2).sum()
        >>> gradient = pullback({"displacement": 2 * state["displacement"]})
        """
        x = _vector(design, self.size)
        rows = np.empty(len(self.rows))
        state = np.empty(self._state_size)
        objective = ctypes.c_double()
        handle = ctypes.c_uint64()
        message = _message()
        status = library.backsolve_linearize(
            self._handle, x.ctypes.data, x.size, ctypes.byref(objective), rows.ctypes.data, rows.size,
            state.ctypes.data if state.size else None, state.size, ctypes.byref(handle), message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return self._split(state), Linearization(self, handle.value, objective.value, rows)

    # -- optimization ------------------------------------------------------------------------------------------------

    def optimize(self, callback: Optional[Callable[[int, float, float], Any]] = None) -> OptimizationResult:
        """Run the scene's own optimizer, without files.

        :param callback: called after every iteration with its number, the objective and the worst violation; a return
            value of ``True`` ends the run, an exception ends it and is raised.
        """
        raised: list[BaseException] = []

        def told(_user: Any, iteration: int, objective: float, violation: float, _c: float, _r: Any, _n: int) -> int:
            if callback is None:
                return 0
            try:
                return 1 if callback(iteration, objective, violation) is True else 0
            except BaseException as exception:  # It must not cross the library.
                raised.append(exception)
                return 1

        design = np.empty(self.size)
        rows = np.empty(len(self.rows))
        objective, iterations = ctypes.c_double(), ctypes.c_int32()
        message = _message()
        status = library.backsolve_optimize(
            self._handle, ITERATION_CALLBACK(told), None, design.ctypes.data, design.size, ctypes.byref(objective),
            rows.ctypes.data, rows.size, ctypes.byref(iterations), message, MESSAGE_SIZE,
        )  # fmt: skip
        if raised:
            raise raised[0]
        if status:
            raise error(status, message.value.decode())
        return OptimizationResult(
            design, objective.value, self._named(rows), iterations.value, message.value.decode()
        )

    # -- helpers -----------------------------------------------------------------------------------------------------

    def split_design(self, design: ArrayLike) -> dict[str, Array]:
        """The parts of a design by name, in their shapes."""
        return _split(_vector(design, self.size), self.design_blocks)

    def _named(self, rows: Array) -> dict[str, float]:
        return dict(zip(self._row_names, rows.tolist()))

    def _split(self, state: Array) -> State:
        return _split(state, self.state_blocks)


class Linearization:
    """A scene at a design with its derivatives: call it with seeds to get a gradient."""

    def __init__(self, scene: Scene, handle: int, objective: float, rows: Array) -> None:
        self.scene = scene
        #: The objective at the design.
        self.objective = objective
        #: The rows at the design, by name.
        self.rows = scene._named(rows)
        self._handle = handle
        self._finalizer = weakref.finalize(self, library.backsolve_linearization_close, handle)

    def __call__(
        self, state: Optional[Mapping[str, ArrayLike]] = None, rows: Union[ArrayLike, Mapping[str, float], None] = None
    ) -> Array:
        """The vector-Jacobian product: one adjoint solve.

        :param state: seeds on parts of the state, by name; what is left out is zero.
        :param rows: weights on the rows, in order or by name.
        """
        scene = self.scene
        weights = self._weights(rows)
        seed: Optional[Array] = None
        if state:
            seed = np.zeros(scene._state_size)
            _fill(seed, scene.state_blocks, state)
        gradient = np.empty(scene.size)
        message = _message()
        status = library.backsolve_pullback(
            self._handle, weights.ctypes.data if weights is not None else None, 0 if weights is None else weights.size,
            seed.ctypes.data if seed is not None else None, 0 if seed is None else seed.size, gradient.ctypes.data,
            gradient.size, message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return gradient

    def pushforward(self, direction: ArrayLike, state: bool = True) -> tuple[dict[str, float], State]:
        """The Jacobian-vector product of all rows and, if wanted, of the named state."""
        scene = self.scene
        d = _vector(direction, scene.size)
        rows = np.empty(len(scene.rows))
        change = np.empty(scene._state_size if state else 0)
        message = _message()
        status = library.backsolve_pushforward(
            self._handle, d.ctypes.data, d.size, rows.ctypes.data, rows.size,
            change.ctypes.data if change.size else None, change.size, message, MESSAGE_SIZE,
        )  # fmt: skip
        if status:
            raise error(status, message.value.decode())
        return scene._named(rows), scene._split(change) if state else {}

    def close(self) -> None:
        """Give up solver and checkpoints now instead of when this is collected."""
        self._finalizer()

    def _weights(self, rows: Union[ArrayLike, Mapping[str, float], None]) -> Optional[Array]:
        if rows is None:
            return None
        names = self.scene._row_names
        if isinstance(rows, Mapping):
            weights = np.zeros(len(names))
            for name, weight in rows.items():
                if name not in names:
                    raise KeyError(f"no row {name!r}; there are {names}")
                weights[names.index(name)] = weight
            return weights
        return _vector(rows, len(names))


class _Messages(threading.local):
    """One buffer a thread, for what went wrong in its last call."""

    def __init__(self) -> None:
        self.buffer = ctypes.create_string_buffer(MESSAGE_SIZE)


_messages = _Messages()


def _message() -> "ctypes.Array[ctypes.c_char]":
    return _messages.buffer


def _vector(values: ArrayLike, size: int) -> Array:
    """Without a copy where the array is contiguous and of doubles."""
    if type(values) is np.ndarray and values.dtype == np.float64 and values.ndim == 1 and values.flags.c_contiguous:
        x = values
    else:
        x = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    if x.size != size:
        raise ValueError(f"found {x.size} entries, expected {size}")
    return x


def _split(values: Array, blocks: Sequence[Block]) -> dict[str, Array]:
    parts: dict[str, Array] = {}
    start = 0
    for block in blocks:
        parts[block.name] = values[start : start + block.size].reshape(block.shape)
        start += block.size
    return parts


def _fill(target: Array, blocks: Sequence[Block], values: Mapping[str, ArrayLike]) -> None:
    left = set(values)
    start = 0
    for block in blocks:
        if block.name in left:
            target[start : start + block.size] = _vector(values[block.name], block.size)
            left.remove(block.name)
        start += block.size
    if left:
        raise KeyError(f"no state {sorted(left)}; there are {[block.name for block in blocks]}")


def _block(described: Mapping[str, Any]) -> Block:
    return Block(described["name"], tuple(int(n) for n in described["shape"]), described["unit"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _check(status: int) -> None:
    if status:
        raise error(status, "")
