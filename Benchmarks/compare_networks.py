#!/usr/bin/env python3
"""Training steps of Backsolve's networks beside PyTorch's: the same network, batch, method and number of threads.

    swift build -c release -Xcc -march=native --package-path Benchmarks --product network-training
    Benchmarks/compare_networks.py --program Benchmarks/.build/release/network-training --python PYTHON_WITH_TORCH

The two take turns in processes of their own, so that what else the machine does meets both. Numbers are medians over
the rounds of medians over the steps; a ratio above one says that Backsolve is faster.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

PEER = Path(__file__).resolve().parent / "peers" / "network_training.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the built network-training")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has torch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cases", nargs="+", default=["unet-32", "unet-64", "mlp"])
    arguments = parser.parse_args()
    steps = {"unet-32": 15, "unet-64": 6, "mlp": 200}
    contenders = {"Backsolve": [arguments.program], "PyTorch": [arguments.python, str(PEER)]}
    print("| training step | threads | contender | CPU ms | wall ms | memory MB | CPU ratio | wall ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for case in arguments.cases:
        for threads in arguments.threads:
            found: dict[str, list[dict]] = {name: [] for name in contenders}
            for _ in range(arguments.rounds):
                for name, command in contenders.items():
                    run = subprocess.run(
                        [*command, case, "--threads", str(threads), "--steps", str(steps[case])],
                        capture_output=True,
                        text=True,
                        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
                    )
                    if run.returncode != 0:
                        sys.exit(f"compare_networks: {name} failed on {case}: {run.stderr.strip()[-400:]}")
                    found[name].append(json.loads(run.stdout))
            assert len({result["parameters"] for results in found.values() for result in results}) == 1

            def median(name: str, key: str) -> float:
                return statistics.median(result[key] for result in found[name])

            for name in contenders:
                ratios = "| |"
                if name == "Backsolve":
                    cpu, wall = (median("PyTorch", key) / median(name, key) for key in ("cpu", "wall"))
                    ratios = f"| {cpu:.2f} | {wall:.2f} |"
                print(
                    f"| {case} | {threads} | {name} | {1e3 * median(name, 'cpu'):.1f} | {1e3 * median(name, 'wall'):.1f} "
                    f"| {median(name, 'peakMemoryBytes') / 1e6:.0f} {ratios}",
                    flush=True,
                )
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
