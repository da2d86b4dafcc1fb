#!/usr/bin/env python3
"""Runs the cases of the benchmark table with Backsolve and its peers in turn and prints the table.

`Benchmarks/run` calls this after building. Every contender runs in a process of its own, one thread unless named
otherwise, and the rounds go through all contenders of a case before any comes again, so that a disturbance of the
machine meets all of them. Numbers are medians over the rounds; times are CPU seconds of one iteration (evaluation and
update), itself a median over the iterations of a run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
SCENES = BENCHMARKS.parent / "Scenes" / "Benchmarks"


@dataclass
class Contender:
    """A program, a solver and how many threads; `arguments` are what its command line needs."""

    name: str
    program: str
    arguments: list[str]
    results: list[dict] = field(default_factory=list)
    failure: str | None = None

    def median(self, key: str) -> float:
        return statistics.median(result[key] for result in self.results)


@dataclass
class Case:
    name: str
    title: str
    scene: str
    # Compliance at the first and at the last evaluation, with what relative difference is agreement.
    expected: tuple[float, float] | None
    tolerance: tuple[float, float]
    contenders: list[Contender]
    memory: float  # bytes that the largest contender needs
    slow: bool = False


def ours(name: str, *settings: str, threads: int = 1) -> Contender:
    arguments = [f"--set={setting}" for setting in settings] + [f"--threads={threads}"]
    label = f"Backsolve, {name}" + ("" if threads == 1 else f", {threads} threads")
    return Contender(label, "backsolve", arguments)


def peer(script: str, peer: str, solver: str, *more: str) -> Contender:
    title = {"pymoto": "pyMOTO", "torch-fem": "torch-fem"}[peer]
    return Contender(f"{title}, {solver}", script, [f"--peer={peer}", f"--solver={solver}", *more])


def cases(peers: bool) -> list[Case]:
    mbb = [ours("CHOLMOD", "solver=cholmod"), ours("multigrid", "solver=multigrid-cg", "solver.multigrid-cg.tolerance=1e-5")]
    small = [ours("multigrid"), ours("multigrid", threads=2)]
    middle = [ours("multigrid"), ours("multigrid", threads=2)]
    large = [ours("multigrid"), ours("multigrid", threads=2)]
    if peers:
        mbb += [peer("mbb.py", "pymoto", solver) for solver in ("cholmod", "cvxopt", "pardiso", "multigrid")]
        mbb += [peer("mbb.py", "torch-fem", "direct")]
        small += [peer("cantilever.py", "pymoto", "multigrid"), peer("cantilever.py", "torch-fem", "amg")]
        middle += [peer("cantilever.py", "pymoto", "multigrid", "--cells=96x48x48", "--evaluations=3")]
    return [
        Case("mbb", "2D MBB half beam 300x100, 50 evaluations", "mbb-300x100.yaml", (1052.119, 206.29693),
             (1e-5, 1e-5), mbb, 2e9),
        Case("cantilever-48", "3D cantilever 48x24x24, 10 evaluations", "cantilever-48.yaml", (38602.07, 4847.575),
             (1e-5, 1e-4), small, 3e9),
        Case("cantilever-96", "3D cantilever 96x48x48, 3 evaluations", "cantilever-96.yaml", (79742.9, 29666.1),
             (1e-5, 1e-4), middle, 12e9 if peers else 1e9, slow=True),
        Case("cantilever-192", "3D cantilever 192x96x96, 10 evaluations", "cantilever-192.yaml", None, (0, 0),
             large, 3e9, slow=True),
    ]


def run_once(contender: Contender, case: Case, command: str, smoke: bool) -> None:
    """One run of a contender; a failure is kept and shown, and ends this contender."""
    if contender.program == "backsolve":
        with tempfile.TemporaryDirectory() as folder:
            line = [command, "optimize", str(SCENES / case.scene), f"--output={folder}/run", "--json", "--quiet",
                    *contender.arguments]
            if smoke:
                line.append("--set=optimizer.optimality-criteria.iterations=2")
            finished = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    else:
        line = [sys.executable, str(BENCHMARKS / "peers" / contender.program), *contender.arguments]
        if smoke:
            line.append("--evaluations=2")
        finished = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    try:
        contender.results.append(json.loads(finished.stdout))
    except json.JSONDecodeError:
        lines = (finished.stderr.strip() or f"ended with status {finished.returncode}").splitlines()
        contender.failure = lines[-1][:200]


def agreement(contender: Contender, case: Case) -> str:
    objective = contender.results[-1]["objective"]
    text = f"{objective['first']:.7g} / {objective['last']:.8g}"
    if case.expected is None:
        return text
    differences = [abs(objective[key] / value - 1) for key, value in zip(("first", "last"), case.expected)]
    agrees = all(difference <= limit for difference, limit in zip(differences, case.tolerance))
    return text if agrees else f"{text} (differs: {differences[0]:.1e}, {differences[1]:.1e})"


def best(contenders: list[Contender], mine: bool) -> Contender | None:
    found = [c for c in contenders if c.results and (c.program == "backsolve") == mine and "threads" not in c.name]
    return min(found, key=lambda c: c.median("cpuSecondsPerIteration"), default=None)


def table(run: list[Case]) -> str:
    lines = ["| case | program, solver | compliance, first / last | CPU s an iteration | wall s | peak memory | CPU time "
             "beside the best peer |", "|---|---|---|---|---|---|---|"]
    for case in run:
        rival = best(case.contenders, mine=False)
        for index, contender in enumerate(case.contenders):
            title = case.title if index == 0 else ""
            if not contender.results:
                lines.append(f"| {title} | {contender.name} | failed: {contender.failure} | | | | |")
                continue
            cpu = contender.median("cpuSecondsPerIteration")
            ratio = f"{cpu / rival.median('cpuSecondsPerIteration'):.3f}" if rival else ""
            lines.append(
                f"| {title} | {contender.name} | {agreement(contender, case)} | {cpu:.4g} | "
                f"{contender.median('wallSecondsPerIteration'):.4g} | {contender.median('peakMemoryBytes') / 1e6:.0f} MB | "
                f"{ratio} |")
    return "\n".join(lines)


def growth(run: list[Case]) -> str:
    """Exponents of time and memory over cells, from the small to the large cantilever."""
    found = {case.name: best(case.contenders, mine=True) for case in run}
    small, large = found.get("cantilever-48"), found.get("cantilever-192")
    if not small or not large:
        return ""
    exponents = [
        math.log(large.median(key) / small.median(key)) / math.log(64)
        for key in ("cpuSecondsPerIteration", "peakMemoryBytes")
    ]
    return f"Growth from 48 to 192 cells along x: time n^{exponents[0]:.2f}, memory n^{exponents[1]:.2f}."


def machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} processors, {platform.system()} {platform.release()}"


def memory_available() -> float:
    try:
        with open("/proc/meminfo", encoding="utf-8") as lines:
            return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return math.inf


def main() -> int:
    names = [case.name for case in cases(peers=False)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default="backsolve", help=argparse.SUPPRESS)
    parser.add_argument("--case", action="append", choices=names, help="only this case; may be given again")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the quick cases; slow ones run once "
                        "(default: 3)")
    parser.add_argument("--no-peers", action="store_true", help="only Backsolve")
    parser.add_argument("--smoke", action="store_true", help="two evaluations and one round, to see that all runs")
    parser.add_argument("--save", type=Path, help="writes all results as JSON")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds is at least 1")

    chosen = [case for case in cases(not arguments.no_peers) if not arguments.case or case.name in arguments.case]
    print(f"Machine: {machine()}; load before: {os.getloadavg()[0]:.2f}; {time.strftime('%Y-%m-%d')}\n", flush=True)
    for case in chosen:
        if memory_available() < case.memory:
            print(f"Left out: {case.title} needs {case.memory / 1e9:.0f} GB of free memory.\n")
            continue
        for round_number in range(1 if arguments.smoke or case.slow else arguments.rounds):
            for contender in case.contenders:
                if contender.failure is None:
                    print(f"{case.name}, round {round_number + 1}: {contender.name}", file=sys.stderr, flush=True)
                    run_once(contender, case, arguments.command, arguments.smoke)
    run = [case for case in chosen if any(c.results or c.failure for c in case.contenders)]
    print(table(run))
    print(f"\n{growth(run)}\nLoad after: {os.getloadavg()[0]:.2f}")
    if arguments.save:
        contents = {case.name: {c.name: c.results or c.failure for c in case.contenders} for case in run}
        arguments.save.parent.mkdir(parents=True, exist_ok=True)
        arguments.save.write_text(json.dumps({"machine": machine(), "cases": contents}, indent=1), encoding="utf-8")
    return 1 if any(c.failure for case in run for c in case.contenders) else 0


if __name__ == "__main__":
    sys.exit(main())
