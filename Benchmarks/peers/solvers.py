#!/usr/bin/env python3
"""Linear solvers of Python's world on the matrices that `solver-comparison --write DIR` wrote; one line of JSON each.

    peers/solvers.py DIR CASE [--solvers pyamg-sa,amgcl-sa,scikit-sparse-cholmod]

PyAMG: smoothed aggregation with the near nullspace (`pyamg.smoothed_aggregation_solver`), its own CG acceleration. amgcl: its
Python package (`pyamgcl`), smoothed aggregation with SPAI-0 smoothing. All to a relative residual of 1e-8, on one thread.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl

TOLERANCE = 1e-8


def read(folder: Path, case: str):
    def part(name: str) -> np.ndarray:
        return np.load(folder / f"{case}-{name}.npy")

    starts, rows = part("starts").astype(np.int32), part("rows").astype(np.int32)
    load, points = part("load"), part("points")
    lower = sp.csc_matrix((part("values"), rows, starts), shape=(load.size, load.size))
    full = (lower + sp.tril(lower, -1).T).tocsr()
    full.eliminate_zeros()
    # The unknowns that are held do not belong to the problem of an algebraic method.
    free = np.diff(full.indptr) > 1
    return full[free][:, free].tocsr(), load[free], points, free


def near_nullspace(points: np.ndarray, free: np.ndarray) -> np.ndarray:
    nodes, dimension = points.shape
    components = free.size // nodes
    if components == 1:
        return np.ones((int(free.sum()), 1))
    x = points - points.mean(axis=0)
    x /= np.ptp(points, axis=0).max()
    rotations = [(0, 1)] if dimension == 2 else [(0, 1), (1, 2), (2, 0)]
    modes = np.zeros((nodes, components, components + len(rotations)))
    for axis in range(components):
        modes[:, axis, axis] = 1
    for k, (a, b) in enumerate(rotations):
        modes[:, a, components + k] = -x[:, b]
        modes[:, b, components + k] = x[:, a]
    return modes.reshape(free.size, -1)[free]


def pyamg_sa(matrix, load, modes, components):
    import pyamg

    # Blocks need whole nodes; where single unknowns are held the matrix stays scalar.
    blocks = matrix.shape[0] % components == 0 and components > 1
    a = matrix.tobsr((components, components)) if blocks else matrix
    start = time.process_time()
    hierarchy = pyamg.smoothed_aggregation_solver(
        a, B=modes, strength=("symmetric", {"theta": 0.02 if components > 1 else 0.0}), max_coarse=400
    )
    ready = time.process_time()
    history: list[float] = []
    x = hierarchy.solve(load, tol=TOLERANCE, accel="cg", maxiter=1000, residuals=history)
    return ready - start, time.process_time() - ready, len(history) - 1, x


def amgcl_sa(matrix, load, modes, components):
    import pyamgcl

    start = time.process_time()
    parameters = {"coarsening.type": "smoothed_aggregation", "relax.type": "spai0"}
    preconditioner = pyamgcl.amgcl(matrix, parameters)
    ready = time.process_time()
    count = 0

    def step(_):
        nonlocal count
        count += 1

    x, _ = spl.cg(matrix, load, rtol=TOLERANCE, atol=0, maxiter=3000, M=preconditioner, callback=step)
    return ready - start, time.process_time() - ready, count, x


def cholmod(matrix, load, modes, components):
    from sksparse.cholmod import cholesky

    start = time.process_time()
    factor = cholesky(matrix.tocsc())
    ready = time.process_time()
    x = factor(load)
    return ready - start, time.process_time() - ready, 0, x


SOLVERS = {"pyamg-sa": pyamg_sa, "amgcl-sa": amgcl_sa, "scikit-sparse-cholmod": cholmod}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("case")
    parser.add_argument("--solvers", default=",".join(SOLVERS))
    arguments = parser.parse_args()
    matrix, load, points, free = read(arguments.folder, arguments.case)
    modes = near_nullspace(points, free)
    components = free.size // points.shape[0]
    for name in arguments.solvers.split(","):
        row = {"case": arguments.case, "unknowns": int(load.size), "solver": name}
        try:
            setup, solve, iterations, x = SOLVERS[name](matrix, load, modes, components)
            residual = float(np.linalg.norm(load - matrix @ x) / np.linalg.norm(load))
            row |= {
                "setupCPUSeconds": setup,
                "solveCPUSeconds": solve,
                "iterations": iterations,
                "trueRelativeResidual": residual,
                "status": "converged" if residual <= 1.01 * TOLERANCE else "not converged",
            }
        except Exception as error:
            row["status"] = f"{type(error).__name__}: {error}"
        row["peakMemoryBytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
