#!/usr/bin/env python3
"""The particle case of the benchmark table with a peer: the 2D Taylor-Green vortex. Prints JSON.

The case is for speed and gradients, not for accuracy. Unit periodic square, m x m particles at the cell centres,
dx = 1/m, mass dx^2, quintic spline with h = dx and support 3 h (26 to 29 neighbours with self), density by summation,
p = 100 (rho - 1), the pressure and viscous accelerations of Adami, Hu & Adams (J. Comput. Phys. 241, 2013) with
nu = 0.01 and no transport velocity, symplectic Euler with dt = 0.25 h/11. `energy` is sum mass |v|^2 / 2 after the last
step, and `gradient` its gradient with respect to the initial velocities.

Compilation and one warm-up run come first and are not in the times. Every repeat starts from the initial state.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import sys
import time
from importlib import import_module
from importlib.metadata import version

PEERS = {"warp": ("warp_model", "warp-lang"), "taichi": ("taichi_model", "taichi"), "jax-sph": ("jaxsph_model", "jax-sph")}


class Case:
    """Numbers and the initial state, in double; the peers round them to their precision."""

    viscosity = 0.01
    stiffness = 100.0

    def __init__(self, side: int, steps: int) -> None:
        import numpy as np

        self.side, self.steps = side, steps
        self.count = side * side
        self.spacing = 1.0 / side
        self.mass = self.spacing**2
        self.support = 3 * self.spacing
        self.step = 0.25 * self.spacing / 11
        self.kernel_scale = 7 / (478 * math.pi * self.spacing**2)
        centres = (np.arange(side) + 0.5) / side
        x, y = (axis.ravel() for axis in np.meshgrid(centres, centres, indexing="xy"))
        self.positions = np.stack([x, y], -1)
        turn = 2 * math.pi
        self.velocities = np.stack(
            [-np.cos(turn * x) * np.sin(turn * y), np.sin(turn * x) * np.cos(turn * y)], -1
        )


def resident(key: str = "VmRSS") -> int | None:
    """Bytes of memory now (`VmRSS`) or at most (`VmHWM`), where the system tells."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return int(re.search(key + r":\s+(\d+) kB", lines.read())[1]) * 1024
    except (OSError, TypeError):
        return None


def forget_peak() -> None:
    """Makes `VmHWM` start anew from what is resident now."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass


def timed(work, repeats: int) -> tuple[float, float]:
    """Medians of CPU seconds of all threads, user and system, and of wall seconds."""
    cpu, wall = [], []
    for _ in range(repeats):
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
    return statistics.median(cpu), statistics.median(wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", choices=sorted(PEERS), required=True)
    parser.add_argument("--side", type=int, default=100, help="particles along a side (default: 100)")
    parser.add_argument("--steps", type=int, default=50, help="default: 50")
    parser.add_argument("--precision", choices=("single", "double"), default="single", help="default: single")
    parser.add_argument("--threads", type=int, default=1, help="threads; Warp has one on a processor (default: 1)")
    parser.add_argument("--repeats", type=int, default=5, help="the times are medians over these (default: 5)")
    parser.add_argument("--gradient", action="store_true", help="also the gradient, its time and memory (not Taichi)")
    parser.add_argument("--tune", action="append", default=[], metavar="NAME=VALUE", help="a setting of the peer, to "
                        "see that its default is its fastest; the models name them")
    arguments = parser.parse_args()
    if arguments.side < 12 or arguments.steps < 1 or arguments.repeats < 1 or arguments.threads < 1:
        parser.error("side is at least 12; steps, repeats and threads are at least 1")
    if not all("=" in setting for setting in arguments.tune):
        parser.error("--tune needs NAME=VALUE")

    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(arguments.threads)
    module, package = PEERS[arguments.peer]
    # Standard output is for the result: what the peers print goes to standard error.
    output = os.dup(1)
    os.dup2(2, 1)
    model = import_module(module)
    case = Case(arguments.side, arguments.steps)
    tuning = dict(setting.split("=", 1) for setting in arguments.tune)
    simulation = model.Simulation(case, arguments.precision == "double", arguments.threads, tuning)
    if arguments.gradient and not hasattr(simulation, "gradient"):
        parser.error(f"{arguments.peer} has no gradient here")

    simulation.forward()
    cpu, wall = timed(simulation.forward, arguments.repeats)
    updates = case.count * case.steps
    result = {
        "case": f"taylor-green-{case.count}",
        "peer": arguments.peer,
        "version": version(package),
        "particles": case.count,
        "steps": case.steps,
        "precision": arguments.precision,
        "threads": arguments.threads,
        "repeats": arguments.repeats,
        "particleUpdatesPerCPUSecond": updates / cpu,
        "particleUpdatesPerWallSecond": updates / wall,
        "forwardCPUSeconds": cpu,
        "forwardWallSeconds": wall,
        "energy": simulation.forward(),
    }
    if arguments.gradient:
        import numpy as np

        simulation.prepare_gradient()
        before = resident()
        forget_peak()
        energy, gradient = simulation.gradient()
        peak = resident("VmHWM")
        gradient_cpu, gradient_wall = timed(simulation.gradient, arguments.repeats)
        result |= {
            "gradientEnergy": energy,
            "gradientNorm": float(np.linalg.norm(np.asarray(gradient, dtype=np.float64))),
            "gradientCPUSeconds": gradient_cpu,
            "gradientWallSeconds": gradient_wall,
            "gradientOverForward": gradient_cpu / cpu,
            "peakMemoryBytes": peak,
            "gradientMemoryBytes": peak - before if peak and before else None,
        }
    os.write(output, (json.dumps(result, indent=2) + "\n").encode())
    sys.stderr.flush()


if __name__ == "__main__":
    main()
