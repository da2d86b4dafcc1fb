#!/usr/bin/env python3
"""Linear solvers beside PyAMG, amgcl and CHOLMOD on one set of matrices: the table of README.md.

    swift build -c release -Xcc -march=native --package-path Benchmarks --product solver-comparison
    Benchmarks/compare_solvers.py --program Benchmarks/.build/release/solver-comparison --python PYTHON_WITH_PYAMG

Every solver runs in a process of its own, ours and the peers' in turn, on one thread; each number is the median over the
rounds. A solver that takes longer than the limit is reported as such.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = Path(__file__).resolve().parent / "peers" / "solvers.py"
OURS = [
    "multigrid-cg",
    "smoothed-aggregation-cg",
    "cholmod",
    "jacobi-cg",
    "block-jacobi-cg",
    "ssor-cg",
    "incomplete-cholesky-cg",
    "modified-incomplete-cholesky-cg",
    "threshold-cholesky-cg",
    "sparse-inverse-cg",
    "chebyshev-cg",
    "symmetric-polynomial-cg",
]
THEIRS = ["pyamg-sa", "amgcl-sa", "scikit-sparse-cholmod"]
CASES = [
    "poisson-2d-10k",
    "poisson-2d-40k",
    "poisson-2d-160k",
    "simp-2d-20k",
    "simp-2d-80k",
    "poisson-3d-constant-32",
    "poisson-3d-lognormal-32",
    "poisson-3d-constant-64",
    "poisson-3d-lognormal-64",
    "simp-3d-45k",
    "simp-3d-105k",
]


def rows(command: list[str], limit: float) -> list[dict]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return [{"status": f"over {limit:.0f} s"}]
    if run.returncode != 0:
        sys.exit(f"compare_solvers: {command[0]} failed: {run.stderr.strip()[-400:]}")
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built solver-comparison")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has pyamg")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", nargs="+", default=CASES)
    parser.add_argument("--solvers", nargs="+", default=OURS + THEIRS)
    parser.add_argument("--limit", type=float, default=120, help="seconds a process may take")
    arguments = parser.parse_args()
    print("| case | unknowns | solver | set-up s | solve s | total s | iterations | true residual | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for case in arguments.cases:
        with tempfile.TemporaryDirectory() as folder:
            rows([arguments.program, "--case", case, "--solvers", "none", "--write", folder, "--designs", folder], 600)
            found: dict[str, list[dict]] = {name: [] for name in arguments.solvers}
            for _ in range(arguments.rounds):
                for name in arguments.solvers:
                    ours = [arguments.program, "--case", case, "--solvers", name, "--designs", folder]
                    theirs = [arguments.python, str(PEERS), folder, case, "--solvers", name]
                    found[name] += rows(ours if name in OURS else theirs, arguments.limit)
        for name, results in found.items():
            good = [row for row in results if row["status"] == "converged"]
            if not good:
                # A solver that does not suit the case prints no row.
                if results:
                    print(f"| {case} | | {name} | | | | | {results[0]['status'][:70]} | |", flush=True)
                continue

            def median(key: str) -> float:
                return statistics.median(row[key] for row in good)

            setup, solve = median("setupCPUSeconds"), median("solveCPUSeconds")
            print(
                f"| {case} | {good[0]['unknowns']} | {name} | {setup:.3g} | {solve:.3g} | {setup + solve:.3g} "
                f"| {good[0]['iterations']} | {median('trueRelativeResidual'):.1e} "
                f"| {median('peakMemoryBytes') / 1e6:.0f} |",
                flush=True,
            )
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
