"""The cases of the benchmark table and the optimality-criteria loop that every peer runs.

All cases: E = 1, Emin = 1e-9, nu = 0.3, SIMP penalty 3 (E = Emin + rho^3 (1 - Emin)) on the filtered density, unit
cells, cone filter of the density with weights max(0, radius - distance), compliance f.u without 1/2.

Optimality criteria as in the 88-line code (Andreassen et al., Struct. Multidisc. Optim. 43:1-16, 2011): move limit
0.2, exponent 1/2, multiplier of the summed volume bisected on [0, 1e9] until (l2 - l1)/(l1 + l2) <= 1e-3, volume of
the filtered density, both sensitivities go through the filter, lower bound 0. Evaluation k is recorded before update
k, so N evaluations make N - 1 updates.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

MINIMUM_MODULUS = 1e-9
PENALTY = 3.0
POISSON = 0.3
SOLVER_TOLERANCE = 1e-5


@dataclass
class Case:
    """A structure on a grid of unit cells; node (i, j, k) = i + (nx+1)(j + (ny+1)k), unknown = node * dimension + axis."""

    name: str
    cells: tuple[int, ...]
    volume: float
    radius: float
    fixed: np.ndarray
    load: np.ndarray

    @property
    def dimension(self) -> int:
        return len(self.cells)

    @property
    def cell_count(self) -> int:
        return int(np.prod(self.cells))


def node_numbers(cells: tuple[int, ...]) -> np.ndarray:
    """Numbers of the nodes, indexed by (i, j[, k])."""
    shape = [n + 1 for n in cells]
    return np.arange(int(np.prod(shape))).reshape(shape[::-1]).transpose()


def mbb_beam(nx: int, ny: int) -> Case:
    """Half of the MBB beam: u_x = 0 on the left edge, u_y = 0 at the bottom-right node, 1 down at the top-left node."""
    nodes = node_numbers((nx, ny))
    fixed = np.append(2 * nodes[0, :], 2 * nodes[-1, 0] + 1)
    load = np.zeros(2 * nodes.size)
    load[2 * nodes[0, -1] + 1] = -1
    return Case(f"mbb-{nx}x{ny}", (nx, ny), 0.5, 4.0, fixed, load)


def cantilever(nx: int, ny: int, nz: int) -> Case:
    """A block clamped at x = 0; 1 in -z at every node of the edge x = max, z = 0, and 1/2 at its two ends."""
    nodes = node_numbers((nx, ny, nz))
    fixed = (3 * nodes[0].reshape(-1, 1) + np.arange(3)).ravel()
    load = np.zeros(3 * nodes.size)
    edge = 3 * nodes[-1, :, 0] + 2
    load[edge] = -1
    load[edge[[0, -1]]] = -0.5
    return Case(f"cantilever-{nx}x{ny}x{nz}", (nx, ny, nz), 0.3, 1.5, fixed, load)


def cone_filter(case: Case) -> sparse.csr_matrix:
    """Rows of weights max(0, radius - distance), each normalized to sum 1."""
    reach = int(np.ceil(case.radius)) - 1
    axes = [np.arange(-reach, reach + 1)] * case.dimension
    offsets = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, case.dimension)
    weights = case.radius - np.linalg.norm(offsets, axis=1)
    numbers = np.arange(case.cell_count).reshape(case.cells[::-1]).transpose()
    total = sparse.csr_matrix((case.cell_count, case.cell_count))
    for offset, weight in zip(offsets[weights > 0], weights[weights > 0]):
        here = tuple(slice(max(0, -d), n - max(0, d)) for d, n in zip(offset, case.cells))
        there = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(offset, case.cells))
        rows, columns = numbers[here].ravel(), numbers[there].ravel()
        total += sparse.csr_matrix((np.full(rows.size, weight), (rows, columns)), shape=total.shape)
    return sparse.diags(1 / np.asarray(total.sum(axis=1)).ravel()) @ total


def optimality_criteria(
    design: np.ndarray, slope: np.ndarray, volume_slope: np.ndarray, volume: float, move: float = 0.2
) -> np.ndarray:
    """One update; `volume_slope` is the derivative of the sum of the filtered densities, which is linear in the design.

    The sum and not the mean: with the loose stop of the bisection, the scale of the multiplier changes the answer.
    """
    lower, upper = np.maximum(0, design - move), np.minimum(1, design + move)
    scaled = design * np.sqrt(np.maximum(0, -slope) / volume_slope)
    low, high = 0.0, 1e9
    while (high - low) / (low + high) > 1e-3:
        middle = 0.5 * (low + high)
        update = np.clip(scaled / np.sqrt(middle), lower, upper)
        low, high = (middle, high) if volume_slope @ update > volume * design.size else (low, middle)
    return update


Evaluation = Callable[[np.ndarray], tuple[float, np.ndarray]]


def run(case: Case, peer: str, solver: str, evaluate: Evaluation, evaluations: int, filtered: bool) -> dict:
    """Runs the loop and returns what the table needs.

    `evaluate` takes the design and returns compliance and its gradient. With `filtered` it filters the design itself;
    otherwise the filter here is applied around it. Times are of one iteration: evaluation and update.
    """
    weights = cone_filter(case)
    volume_slope = np.asarray(weights.sum(axis=0)).ravel()
    design = np.full(case.cell_count, case.volume)
    history, cpu, wall = [], [], []
    gc.collect()
    for _ in range(evaluations):
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        if filtered:
            compliance, slope = evaluate(design)
        else:
            compliance, physical_slope = evaluate(weights @ design)
            slope = weights.T @ physical_slope
        history.append(float(compliance))
        design = optimality_criteria(design, slope, volume_slope, case.volume)
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
    return {
        "case": case.name,
        "peer": peer,
        "solver": solver,
        "objective": {"first": history[0], "last": history[-1]},
        "evaluations": evaluations,
        "cpuSecondsPerIteration": statistics.median(cpu),
        "wallSecondsPerIteration": statistics.median(wall),
        "cpuSecondsTotal": sum(cpu),
        "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "history": history,
    }


def report(result: dict) -> None:
    print(json.dumps(result, indent=2))
