"""Samplers of tools beside the cross-entropy method, random search, an evolution strategy and descent, on variants of the
task that the sampler did not learn.

Every method works on the same variant through the command, on one thread. A call is a forward run; a gradient counts as its
CPU time in forward runs, whose time is the median over the cross-entropy method. That method's first deviation is the best
of some on a variant and a seed that are not reported. The sampler's way: samples, and from the best of them Bayesian
optimization in a trust region, whose own arithmetic is counted as well, or a small evolution strategy. All variants are drawn
from the ranges that the scene says.
"""

import argparse
import csv
import glob
import json
import os
import random
import statistics
import subprocess

import numpy
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
POPULATION = 64


def value_at(scene, path):
    for step in path.split("."):
        scene = scene[int(step)] if isinstance(scene, list) else scene[step]
    number, _, unit = str(scene).partition(" ")
    assert unit in ("", "m"), scene
    return float(number)


def variant(scene, seed):
    """Overrides that make a variant of the family."""
    generator = random.Random(90_000 + seed)
    overrides = []
    for vary in scene["sampler"]["data"]["optimized"]["vary"]:
        value = generator.uniform(*vary["between"])
        base = value_at(scene, vary["path"])
        overrides.append(f"{vary['path']}={value}")
        overrides += [f"{other}={value_at(scene, other) + value - base}" for other in vary.get("along", [])]
    return overrides


class Study:
    def __init__(self, options, name):
        self.options = options
        self.path = os.path.join(ROOT, "Scenes/Samplers", name + ".yaml")
        self.folder = os.path.join(options.output, name)
        self.scene = yaml.safe_load(open(self.path))
        self.sense = -1 if "maximize" in self.scene["objective"] else 1

    def command(self, verb, folder, overrides):
        arguments = [self.options.command, verb, self.path, "--output", os.path.join(self.folder, folder), "--quiet"]
        arguments += ["--overwrite"] if verb == "optimize" else ["--json"]
        for text in ["threads=1", "output={ report: false }"] + overrides:
            arguments += ["--set", text]
        answer = subprocess.run(arguments, capture_output=True, text=True)
        if answer.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: {answer.stderr.strip()}")
        return answer.stdout

    def run(self, folder, overrides, optimizer, ends_early=False):
        """Rows of a run of an optimizer: CPU seconds, and the objective as something to minimize. One that may end early keeps
        the rows before its tool left the box."""
        try:
            self.command("optimize", folder, overrides + [f"optimizer={{ {optimizer} }}"])
        except RuntimeError as error:
            if not ends_early or "out of the box" not in str(error):
                raise
        with open(os.path.join(self.folder, folder, "history.csv")) as file:
            rows = list(csv.DictReader(file))
        return [(float(row["cpu_seconds"]), self.sense * float(row["objective"])) for row in rows]

    def cross_entropy(self, folder, overrides, seed, deviation, generations):
        keys = f"population: {POPULATION}, elite: 0.1, seed: {seed}, iterations: {generations}, initial-deviation: {deviation}"
        return self.run(folder, overrides, f"cross-entropy: {{ {keys} }}")

    def tuned(self):
        overrides = variant(self.scene, 1000)
        best = {}
        for deviation in self.options.deviations:
            rows = self.cross_entropy("tune", overrides, 1000, deviation, self.options.tuning)
            best[deviation] = min(value for _, value in rows)
        print("tuning", {d: self.sense * v for d, v in best.items()}, flush=True)
        return min(best, key=best.get)

    def stored(self, overrides, count):
        """The stored designs of the learned tasks nearest to a variant, the nearest first."""
        folder = os.path.join(self.options.data, os.path.basename(self.folder))
        with open(os.path.join(folder, "manifest.json")) as file:
            columns = json.load(file)["columns"]
        rows = numpy.concatenate([numpy.load(path) for path in sorted(glob.glob(os.path.join(folder, "designs-*.npy")))])
        wanted, conditions = dict(text.split("=") for text in overrides), columns[1:-1]
        tasks = rows[:, -1 - len(conditions):-1]
        here = numpy.array([float(wanted[path]) for path in conditions])
        far = numpy.linalg.norm((tasks - here) / tasks.std(axis=0), axis=1)
        return rows[numpy.argsort(far, kind="stable")[:count], :-1 - len(conditions)]

    def kept_design(self, design, folder):
        """The file of a design."""
        path = os.path.join(self.folder, folder + ".npy")
        numpy.save(path, design)
        return path

    def samples(self, folder, overrides, seed, count, gradients, scale):
        """Objectives of the samples in the order drawn, and the file of the best."""
        keys = [f"sampler.count={count}", f"sampler.seed={seed}", "guidance.polish=0", "guidance.reference=false"]
        keys += [f"guidance.scale={scale}"] + ([f"guidance.gradients={gradients}"] if gradients else [])
        self.command("sample", folder, overrides + keys)
        place = os.path.join(self.folder, folder)
        with open(os.path.join(place, "samples.csv")) as file:
            objectives = [self.sense * float(row["objective"]) if row["objective"] else float("inf") for row in csv.DictReader(file)]
        best = min(range(count), key=objectives.__getitem__)
        return objectives, self.kept_design(numpy.load(os.path.join(place, "samples.npy"))[best], folder + "-best")

    def sampled(self, name, overrides, seed, count, gradients, others, method):
        """Pairs of calls and the best so far, of samples and their polish, within the budget."""
        scale = self.options.scale if gradients else 0
        objectives, design = self.samples(f"{name}-{seed}", overrides, seed, count, gradients, scale)
        return self.polished(name, overrides, seed, objectives, design, 1 + gradients * others["ratio"], others, method)

    def remembered(self, overrides, seed, others):
        """The same of designs stored for other tasks."""
        folder, objectives = f"stored-{seed}", []
        designs = self.stored(overrides, self.options.count)
        for design in designs:
            path = self.kept_design(design, folder)
            objectives.append(self.value(folder, overrides + [f"start-design={path}"]))
        best = self.kept_design(designs[int(numpy.argmin(objectives))], folder)
        return self.polished("stored", overrides, seed, objectives, best, 1, others, "cma-es")

    def value(self, folder, overrides):
        """The objective at the start; infinite where the tool or the water it throws leaves the box, so that there is none."""
        try:
            # The first row of a descent is its start; its gradient is not counted.
            return self.run(folder, overrides, "adam: { iterations: 1 }")[0][1]
        except RuntimeError as error:
            if not any(words in str(error) for words in ("left the domain", "out of the box")):
                raise
            return float("inf")

    def polished(self, name, overrides, seed, objectives, design, cost, others, method):
        """Pairs of calls and the best so far, of designs that cost some calls each, and of the polish of one of them."""
        spent, best, pairs = (cost - 1) * len(objectives), float("inf"), []
        for value in objectives:
            spent, best = spent + 1, min(best, value)
            pairs.append((spent, best))
        left = int(self.options.budget - spent)
        if left < 1:
            return pairs
        size = self.options.polish_population if method == "cma-es" else 1
        keys = f"seed: {seed}, initial-deviation: {self.options.polish_deviation}, iterations: {max(1, left // size)}"
        keys += f", population: {size}" if method == "cma-es" else f", samples: {self.options.polish_samples}"
        rows = self.run(f"{name}-polish-{seed}", overrides + [f"start-design={design}"], f"{method}: {{ {keys} }}")
        return pairs + follow(rows, lambda cpu: size if method == "cma-es" else max(1, cpu / others["forward"]), spent, best)

    def kept(self, name, make):
        """What was made before, or is made now."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            made = make()
            with open(path, "w") as file:
                json.dump(made, file)
        return json.load(open(path))

    def others(self, seed, deviation):
        """What the other methods reach, the CPU seconds of a forward run, and a gradient in forward runs."""
        overrides = variant(self.scene, seed)
        rows = self.cross_entropy("cem", overrides, seed, deviation, self.options.generations)
        forward = statistics.median(cpu for cpu, _ in rows) / POPULATION
        keys = f"adam: {{ step: 0.05, iterations: {self.options.descent} }}"
        descent = self.run("descent", overrides, keys, ends_early=True)
        keys = f"population: {POPULATION}, seed: {seed}, iterations: {self.options.others // POPULATION}"
        drawn = self.run("random", overrides, f"random-search: {{ {keys} }}")
        keys = f"population: 10, initial-deviation: 0.15, seed: {seed}, iterations: {self.options.others // 10}"
        adapted = self.run("cma-es", overrides, f"cma-es: {{ {keys} }}")
        methods = {
            "cross-entropy": follow(rows, lambda _: POPULATION), "random": follow(drawn, lambda _: POPULATION),
            "CMA-ES": follow(adapted, lambda _: 10), "descent": follow(descent, lambda cpu: cpu / forward),
        }
        print(seed, {name: self.sense * pairs[-1][1] for name, pairs in methods.items()}, flush=True)
        # A point that descent has been at before, at its bounds, is not evaluated again.
        ratio = statistics.median(cpu for cpu, _ in descent if cpu > forward) / forward
        return {"forward": forward, "ratio": ratio, "methods": methods}

    def compare(self, seed, draw, others):
        """Every method on a variant; `draw` is the number of a repetition of the sampler's ways."""
        overrides = variant(self.scene, seed)
        ratio = others["ratio"]
        options = self.options
        noise = seed + 100 * draw
        methods = others["methods"] | {
            "samples, trust region": self.sampled("plain", overrides, noise, options.count, 0, others, "bayesian"),
            "samples, CMA-ES": self.sampled("plain", overrides, noise, options.count, 0, others, "cma-es"),
            "led samples, trust region": self.sampled(
                "led", overrides, noise, options.guided, options.gradients, others, "bayesian"),
        }
        if options.data:
            methods["nearest of the data, CMA-ES"] = self.remembered(overrides, noise, others)
        goal = others["methods"]["cross-entropy"][-1][1]
        result = {"seed": seed, "draw": draw, "variant": overrides, "gradient_in_calls": ratio, "methods": {}}
        for name, pairs in methods.items():
            within = [best for calls, best in pairs if calls <= self.options.budget]
            result["methods"][name] = {
                "best": self.sense * pairs[-1][1], "calls": pairs[-1][0],
                "at_budget": self.sense * within[-1] if within else None,
                "reaches": next((calls for calls, best in pairs if best <= goal), None),
                "near": next((calls for calls, best in pairs if best <= goal + 0.02 * abs(goal)), None),
            }
            print(seed, name, json.dumps(result["methods"][name]), flush=True)
        return result


def follow(rows, cost, spent=0.0, best=float("inf")):
    """Pairs of calls and the best so far, of the rows of a run."""
    pairs = []
    for cpu, value in rows:
        spent += cost(cpu)
        if value == value:
            best = min(best, value)
        pairs.append((spent, best))
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", default=os.path.join(ROOT, ".build/release/backsolve"))
    parser.add_argument("--output", default="runs/tool-samples")
    parser.add_argument("--scenes", nargs="+", default=["cups", "ramps"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draws", type=int, default=3, help="how often the sampler's ways are repeated with other noise")
    parser.add_argument("--data", help="a folder with what `backsolve generate` made for each scene, by its name")
    parser.add_argument("--generations", type=int, default=25)
    parser.add_argument("--deviations", type=float, nargs="+", default=[0.1, 0.2, 0.3, 0.5, 0.7])
    parser.add_argument("--tuning", type=int, default=6)
    parser.add_argument("--others", type=int, default=640, help="calls of random search and CMA-ES")
    parser.add_argument("--only-others", action="store_true", help="not the sampler, whose weights may be missing")
    parser.add_argument("--descent", type=int, default=40)
    parser.add_argument("--budget", type=float, default=320, help="calls of a sampler: a fifth of the cross-entropy method's")
    parser.add_argument("--count", type=int, default=32, help="samples without guidance")
    parser.add_argument("--guided", type=int, default=12, help="samples with guidance")
    parser.add_argument("--gradients", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--polish-population", type=int, default=8)
    parser.add_argument("--polish-samples", type=int, default=12)
    parser.add_argument("--polish-deviation", type=float, default=0.05)
    options = parser.parse_args()
    for name in options.scenes:
        os.makedirs(os.path.join(options.output, name), exist_ok=True)
        study = Study(options, name)
        deviation = study.kept("deviation.json", study.tuned)
        results = []
        for seed in range(options.seeds):
            others = study.kept(f"others-{seed}.json", lambda: study.others(seed, deviation))
            for draw in range(0 if options.only_others else options.draws):
                results.append(study.kept(f"compared-{seed}-{draw}.json", lambda: study.compare(seed, draw, others)))
        if not results:
            continue
        with open(os.path.join(options.output, name + ".json"), "w") as file:
            json.dump({"deviation": deviation, "seeds": results}, file, indent=1)
        print(f"{name}: deviation {deviation}, a gradient costs {statistics.median(r['gradient_in_calls'] for r in results):.2f} calls")
        print("method | best, mean | at the budget, mean | deviation | reached CEM's best within the budget | calls to it, median of those | near it")
        for method in results[0]["methods"]:
            rows = [r["methods"][method] for r in results]
            hits = [r["reaches"] for r in rows if r["reaches"] is not None and r["reaches"] <= options.budget]
            near = [r for r in rows if r["near"] is not None and r["near"] <= options.budget]
            budget = [r["at_budget"] for r in rows if r["at_budget"] is not None]
            print(
                f"{method} | {statistics.mean(r['best'] for r in rows):.4g} | {statistics.mean(budget):.4g} | {statistics.pstdev(budget):.2g} | {len(hits)} of {len(rows)} | "
                + (f"{statistics.median(hits):.0f}" if hits else "-") + f" | within 2 %: {len(near)} of {len(rows)}")


if __name__ == "__main__":
    main()
