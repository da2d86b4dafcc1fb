"""Adjoint descent, a hybrid, covariance matrix adaptation and Bayesian optimization beside the cross-entropy method and random search on the design
scenes of particles.

Every method works on the same scene through the command. A call is a forward run; an iteration with a gradient counts
as its CPU time in forward runs, whose time is the median over the population methods of the same scene. The initial
deviation of the cross-entropy method is the best of a few on a seed that is not reported. A scene is run at its
default size with `report` off, on one thread. A method given no calls is left out.
"""

import argparse
import csv
import json
import math
import os
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCENES = ["contain", "ramp", "focus-a-wave", "stir-to-mix", "breakwater"]
PHYSICS = "physics.smoothed-particles."
# What makes a scene cheap enough for some ten thousand runs, without changing what is asked of its design.
COARSE = {
    "contain": ["scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=0.8 ms"],
    "ramp": ["scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=0.8 ms"],
    "focus-a-wave": ["spacing=0.0533333333333333 m", "scheme.weakly-compressible.sound-speed=12 m/s", "time.time-step=1.4 ms"],
    "stir-to-mix": ["spacing=4 cm", "scheme.weakly-compressible.sound-speed=10 m/s", "time.time-step=1.4 ms"],
    "breakwater": ["spacing=5 cm", "scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=1 ms"],
    "carry-a-tank": ["scheme.weakly-compressible.sound-speed=12 m/s", "time.time-step=0.9 ms"],
    "water-course": ["spacing=10 cm", "scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=2.4 ms"],
    "push-a-post": ["scheme.weakly-compressible.sound-speed=10 m/s", "time.time-step=1.5 ms"],
    "shake-to-one-side": ["scheme.weakly-compressible.sound-speed=12 m/s", "time.time-step=1.1 ms"],
    "throw-a-drop": [],
    "throw-over-the-post": ["spacing=5 cm", "scheme.weakly-compressible.sound-speed=20 m/s", "time.time-step=1 ms"],
    "where-was-the-drop": ["scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=1 ms"],
    "bunch-a-jet": [],
    "maze": ["scheme.weakly-compressible.sound-speed=15 m/s", "time.time-step=0.8 ms"],
    "nozzle-for-reach": ["scheme.weakly-compressible.sound-speed=20 m/s", "time.time-step=0.6 ms"],
    "wave-maker": ["spacing=5 cm", "scheme.weakly-compressible.sound-speed=12 m/s"],
    "jet-and-ball": ["scheme.weakly-compressible.sound-speed=25 m/s", "time.time-step=0.4 ms"],
    "ball-on-a-jet": ["scheme.weakly-compressible.sound-speed=25 m/s", "time.time-step=0.4 ms"],
}
POPULATION = 64
FEASIBLE = 1e-3


def run(command, scene, folder, overrides):
    arguments = [command, "optimize", scene, "--output", folder, "--overwrite", "--quiet"]
    for text in ["threads=1", "output={ report: false }"] + overrides:
        arguments += ["--set", text]
    answer = subprocess.run(arguments, capture_output=True, text=True)
    if answer.returncode not in (0,):
        raise RuntimeError(f"{' '.join(arguments)}: {answer.stderr.strip()}")
    with open(os.path.join(folder, "history.csv")) as file:
        return list(csv.DictReader(file))


def best_so_far(rows, maximize, cost):
    """Pairs of calls spent and the best feasible objective so far."""
    pairs, best, spent = [], None, 0.0
    for row in rows:
        spent += cost(row)
        value = float(row["objective"])
        if float(row["worst_violation"]) <= FEASIBLE and value == value:
            if best is None or (value > best if maximize else value < best):
                best = value
        pairs.append((spent, best))
    return pairs


def entries(header):
    """How many entries an array has, from the beginning of its `.npy` file."""
    shape = re.search(rb"'shape': \(([^)]*)\)", header).group(1)
    return math.prod(int(size) for size in shape.split(b",") if size.strip())


def reached(pairs, goal, maximize):
    """Calls until the best is at least as good as the goal, until one is feasible where no goal is; None where it never is."""
    for spent, best in pairs:
        if best is not None and (goal is None or (best >= goal if maximize else best <= goal)):
            return spent
    return None


def better(a, b, maximize):
    if b is None:
        return True
    return a is not None and (a > b if maximize else a < b)


def study(command, scene, options):
    path = os.path.join(ROOT, "Scenes/Fluids", scene + ".yaml")
    folder = lambda name: os.path.join(options.output, scene, name)
    coarse = [PHYSICS + text for text in COARSE[scene]] if options.coarse else []
    text = open(path).read()
    maximize = "maximize:" in text
    calls_of_population = lambda row: POPULATION

    def sampled(method, name, generations, seed, deviation=None):
        keys = f"population: {POPULATION}, seed: {seed}, iterations: {generations}"
        if deviation is not None:
            keys += f", elite: 0.1, initial-deviation: {deviation}"
        return run(command, path, folder(name), coarse + [f"optimizer={{ {method}: {{ {keys} }} }}"])

    tuned = None
    for deviation in options.deviations:
        rows = sampled("cross-entropy", f"tune-{deviation}", options.tuning, 1000, deviation)
        last = best_so_far(rows, maximize, calls_of_population)[-1][1]
        if tuned is None or better(last, tuned[1], maximize):
            tuned = (deviation, last)
    times, entropy, random = [], [], []
    for seed in range(options.seeds):
        rows = sampled("cross-entropy", f"cem-{seed}", options.generations, seed, tuned[0])
        times += [float(row["cpu_seconds"]) / POPULATION for row in rows]
        entropy.append(best_so_far(rows, maximize, calls_of_population))
        rows = sampled("random-search", f"random-{seed}", options.generations, seed)
        times += [float(row["cpu_seconds"]) / POPULATION for row in rows]
        random.append(best_so_far(rows, maximize, calls_of_population))
    forward = statistics.median(times)
    cost = lambda row: float(row["cpu_seconds"]) / forward
    adjoint = best_so_far(run(command, path, folder("adjoint"), coarse), maximize, cost)
    with open(os.path.join(folder("adjoint"), "design.npy"), "rb") as file:
        parameters = entries(file.read(256))
    # The hybrid: a few generations of samples, then descent from the best of them.
    hybrids = []
    for seed in range(options.seeds if options.hybrid else 0):
        name = f"start-{seed}"
        rows = sampled("cross-entropy", name, options.hybrid, seed, tuned[0])
        pairs = best_so_far(rows, maximize, calls_of_population)
        start = os.path.join(folder(name), "design.npy")
        rows = run(command, path, folder(f"hybrid-{seed}"), coarse + [f"start-design={start}"])
        spent = pairs[-1][0]
        hybrids.append(pairs + [(spent + c, b) for c, b in best_so_far(rows, maximize, cost)])
    # Bayesian optimization: one call a row, and its own arithmetic counted as CPU time in forward runs.
    bayesian = []
    for seed in range(options.seeds if options.bayesian else 0):
        keys = f"iterations: {options.bayesian}, seed: {seed}"
        rows = run(command, path, folder(f"bayesian-{seed}"), coarse + [f"optimizer={{ bayesian: {{ {keys} }} }}"])
        # A design that fails early still counts as a call.
        bayesian.append(best_so_far(rows, maximize, lambda row: max(1.0, cost(row))))
    # Covariance matrix adaptation by a number of calls, in generations of its own size.
    adaptation = []
    for seed in range(options.seeds if options.adaptation else 0):
        size = options.adaptation_population
        keys = f"population: {size}, iterations: {options.adaptation // size}, seed: {seed}"
        keys += f", initial-deviation: {options.adaptation_deviation}"
        rows = run(command, path, folder(f"cma-es-{seed}"), coarse + [f"optimizer={{ cma-es: {{ {keys} }} }}"])
        adaptation.append(best_so_far(rows, maximize, lambda row: size))
    calls = POPULATION * options.generations
    goals = [pairs[-1][1] for pairs in entropy]
    # None where sampling finds nothing that keeps the constraints.
    goal = statistics.median([g for g in goals if g is not None] or [None])
    last = lambda runs: [pairs[-1][1] for pairs in runs if pairs[-1][1] is not None]
    hybrid_best = []
    for pairs in hybrids:
        values = [b for _, b in pairs if b is not None]
        hybrid_best.append((max if maximize else min)(values))
    result = {
        "scene": scene, "parameters": parameters, "sense": "max" if maximize else "min", "forwardSeconds": forward, "deviation": tuned[0],
        "start": adjoint[0][1] if adjoint[0][1] is not None else float("nan"), "calls": calls,
        "seeds": options.seeds, "cem": last(entropy), "random": last(random), "adjoint": adjoint[-1][1],
        "adjointCalls": adjoint[-1][0], "adjointReaches": reached(adjoint, goal, maximize), "goal": goal,
        "hybrid": hybrid_best,
        "hybridReaches": [reached(pairs, goal, maximize) for pairs in hybrids],
        "hybridCalls": [pairs[-1][0] for pairs in hybrids],
        "adaptation": last(adaptation), "adaptationCalls": [pairs[-1][0] for pairs in adaptation],
        "adaptationReaches": [reached(pairs, goal, maximize) for pairs in adaptation],
        "bayesian": last(bayesian), "bayesianCalls": [pairs[-1][0] for pairs in bayesian],
        "bayesianReaches": [reached(pairs, goal, maximize) for pairs in bayesian],
    }
    return result


def table(results):
    def short(x):
        return "–" if x is None else f"{x:.4g}"

    def middle(values):
        return f"{short(statistics.median(values))} ({short(min(values))} to {short(max(values))})" if values else "–"

    lines = [
        "| scene | parameters | forward run, CPU s | start | random search | CEM | CEM's calls | adjoint descent | its calls | calls to CEM's best | of CEM's | hybrid | calls to CEM's best | Bayesian | its calls | calls to CEM's best | CMA-ES | its calls | calls to CEM's best |",
        "|---" * 19 + "|",
    ]
    for r in results:
        share = "–" if r["adjointReaches"] is None else f"{r['adjointReaches'] / r['calls']:.3f}"
        def arrivals(calls):
            hits = [h for h in calls if h is not None]
            return f"{short(statistics.median(hits))}, {len(hits)} of {r['seeds']}" if hits else "never"

        lines.append(
            f"| `{r['scene']}` ({r['sense']}) | {r['parameters']} | {r['forwardSeconds']:.3f} | {short(r['start'])} | {middle(r['random'])} | "
            f"{middle(r['cem'])} | {r['calls']} | {short(r['adjoint'])} | {short(r['adjointCalls'])} | "
            f"{'never' if r['adjointReaches'] is None else short(r['adjointReaches'])} | {share} | {middle(r['hybrid'])} | {arrivals(r['hybridReaches'])} | "
            f"{middle(r['bayesian'])} | {middle(r['bayesianCalls'])} | {arrivals(r['bayesianReaches'])} | "
            f"{middle(r['adaptation'])} | {middle(r['adaptationCalls'])} | {arrivals(r['adaptationReaches'])} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", required=True, help="the backsolve command, built optimized")
    parser.add_argument("--scenes", nargs="+", default=SCENES, help="names of scenes in Scenes/Fluids")
    parser.add_argument("--seeds", type=int, default=5, help="seeds of every sampling method")
    parser.add_argument("--generations", type=int, default=100, help="of the sampling methods, 64 calls each")
    parser.add_argument("--tuning", type=int, default=20, help="generations of the runs that choose the deviation")
    parser.add_argument("--hybrid", type=int, default=3, help="generations of samples before the hybrid's descent")
    parser.add_argument("--bayesian", type=int, default=640, help="designs of Bayesian optimization")
    parser.add_argument("--adaptation", type=int, default=640, help="calls of covariance matrix adaptation")
    parser.add_argument("--adaptation-population", type=int, default=12, help="designs of its generations")
    parser.add_argument("--adaptation-deviation", type=float, default=0.3, help="its initial deviation")
    parser.add_argument("--deviations", nargs="+", type=float, default=[0.1, 0.2, 0.4])
    parser.add_argument("--coarse", action="store_true", help="wider spacing, slower sound, longer steps")
    parser.add_argument("--output", default="runs/design-results", help="the folder of all runs")
    options = parser.parse_args()
    results = []
    for scene in options.scenes:
        results.append(study(options.command, scene, options))
        os.makedirs(options.output, exist_ok=True)
        with open(os.path.join(options.output, "results.json"), "w") as file:
            json.dump(results, file, indent=1)
        print(table(results[-1:]).split("\n")[-1], file=sys.stderr, flush=True)
    print(table(results))


if __name__ == "__main__":
    main()
