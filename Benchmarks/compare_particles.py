#!/usr/bin/env python3
"""Runs the particle cases of the benchmark table with Backsolve and its peers in turn and prints the table.

The 2D Taylor-Green case of `peers/taylor_green.py`: forward speed at three sizes, and the gradient of the final kinetic
energy with respect to the initial velocities at two. As in `compare.py`, each contender runs in a process of its own and
the rounds go through all contenders before any comes again; numbers are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare import BENCHMARKS, SCENES, Contender, machine

SIDES = {"taylor-green-2500": 50, "taylor-green-10k": 100, "taylor-green-40k": 200}
GRADIENTS = ("taylor-green-2500", "taylor-green-10k")
REFERENCE = json.loads((BENCHMARKS / "reference" / "taylor-green.json").read_text(encoding="utf-8"))


def peer(name: str, precision: str, threads: int = 1) -> Contender:
    title = {"warp": "Warp", "taichi": "Taichi", "jax-sph": "JAX-SPH"}[name]
    label = f"{title}, {precision}" + ("" if threads == 1 else f", {threads} threads")
    return Contender(label, name, [f"--peer={name}", f"--precision={precision}", f"--threads={threads}"])


def contenders(gradient: bool, peers: bool) -> list[Contender]:
    threads = os.cpu_count() or 1
    found = [Contender("Backsolve", "backsolve", ["--threads=1"])]
    if threads > 1 and not gradient:
        found.append(Contender(f"Backsolve, {threads} threads", "backsolve", [f"--threads={threads}"]))
    if peers:
        names = ("warp", "jax-sph") if gradient else ("warp", "taichi", "jax-sph")
        found += [peer(name, precision) for name in names for precision in ("single", "double")]
        if threads > 1 and not gradient:
            found += [peer(name, "single", threads) for name in ("taichi", "jax-sph")]
    return found


def run_once(contender: Contender, case: str, gradient: bool, command: str, repeats: int) -> None:
    """One run; a failure, or a scene that is not there, is kept and shown."""
    if contender.program == "backsolve":
        scene = SCENES / f"{case}.yaml"
        if not scene.is_file():
            contender.failure = f"not measured: there is no scene {scene.relative_to(BENCHMARKS.parent)}"
            return
        with tempfile.TemporaryDirectory() as folder:
            line = [command, "simulate", str(scene), f"--output={folder}/run", *contender.arguments]
            line += ["--gradient"] if gradient else []
            finished = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
            result = Path(folder) / "run" / "result.json"
            text = result.read_text(encoding="utf-8") if result.is_file() else ""
    else:
        line = [sys.executable, str(BENCHMARKS / "peers" / "taylor_green.py"), *contender.arguments,
                f"--side={SIDES[case]}", f"--repeats={repeats}"]
        line += ["--gradient"] if gradient else []
        finished = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        text = finished.stdout
    try:
        contender.results.append(json.loads(text))
    except json.JSONDecodeError:
        lines = (finished.stderr.strip() or f"ended with status {finished.returncode}").splitlines()
        contender.failure = "failed: " + lines[-1][:200]


def value(contender: Contender, key: str, form: str, scale: float = 1) -> str:
    if any(result.get(key) is None for result in contender.results):
        return ""
    return format(contender.median(key) * scale, form)


def speed_table(case: str, found: list[Contender]) -> list[str]:
    single = [c for c in found if c.results and "threads" not in c.name]
    lines = []
    for index, c in enumerate(found):
        title = case if index == 0 else ""
        if not c.results:
            lines.append(f"| {title} | {c.name} | {c.failure} | | | |")
            continue
        precision = c.results[-1].get("precision", "")
        rivals = [r for r in single if r.program != "backsolve" and r.results[-1]["precision"] == (precision or "single")]
        best = max((r.median("particleUpdatesPerCPUSecond") for r in rivals), default=None)
        ratio = format(c.median("particleUpdatesPerCPUSecond") / best, ".2f") if best else ""
        lines.append(
            f"| {title} | {c.name} | {value(c, 'particleUpdatesPerCPUSecond', '.3f', 1e-6)} | "
            f"{value(c, 'particleUpdatesPerWallSecond', '.3f', 1e-6)} | {ratio} | {value(c, 'energy', '.8f')} |")
    return lines


def gradient_table(case: str, found: list[Contender]) -> list[str]:
    reference = REFERENCE[case]
    lines = [f"| {case} | reference ({reference['source']}) | | | | {reference['energy']} | {reference['gradientNorm']} |"]
    for c in found:
        if not c.results:
            lines.append(f"| | {c.name} | {c.failure} | | | | |")
            continue
        lines.append(
            f"| | {c.name} | {value(c, 'gradientOverForward', '.2f')} | {value(c, 'peakMemoryBytes', '.0f', 1e-6)} | "
            f"{value(c, 'gradientMemoryBytes', '.0f', 1e-6)} | {value(c, 'energy', '.8f')} | "
            f"{value(c, 'gradientNorm', '.8f')} |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default="backsolve", help="the Backsolve command (default: %(default)s)")
    parser.add_argument("--case", action="append", choices=list(SIDES), help="only this case; may be given again")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--repeats", type=int, default=5, help="of a peer within a round (default: 5)")
    parser.add_argument("--no-peers", action="store_true", help="only Backsolve")
    parser.add_argument("--save", type=Path, help="writes all results as JSON")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.repeats < 1:
        parser.error("--rounds and --repeats are at least 1")

    print(f"Machine: {machine()}; load before: {os.getloadavg()[0]:.2f}; {time.strftime('%Y-%m-%d')}\n", flush=True)
    chosen = arguments.case or list(SIDES)
    kept, failed = {}, False
    heads = {
        False: "| case | program | million updates / CPU s | / wall s | beside the fastest peer on one thread | energy |",
        True: "| case | program | gradient / forward, CPU | peak MB | MB above before | energy | gradient norm |",
    }
    for gradient in (False, True):
        lines = [heads[gradient], "|---" * (heads[gradient].count("|") - 1) + "|"]
        for case in (c for c in chosen if not gradient or c in GRADIENTS):
            found = contenders(gradient, not arguments.no_peers)
            for number in range(arguments.rounds):
                for contender in found:
                    if contender.failure is None:
                        print(f"{case}, round {number + 1}: {contender.name}", file=sys.stderr, flush=True)
                        run_once(contender, case, gradient, arguments.command, arguments.repeats)
            lines += gradient_table(case, found) if gradient else speed_table(case, found)
            kept[f"{case}{', gradient' if gradient else ''}"] = {c.name: c.results or c.failure for c in found}
            failed |= any(c.failure for c in found)
        print("\n".join(lines) + "\n", flush=True)
    print(f"Load after: {os.getloadavg()[0]:.2f}")
    if arguments.save:
        arguments.save.parent.mkdir(parents=True, exist_ok=True)
        arguments.save.write_text(json.dumps({"machine": machine(), "cases": kept}, indent=1), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
