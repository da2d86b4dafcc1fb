#!/usr/bin/env python3
"""What XFOIL finds for thirty foils, thin to thick, with little camber and much, at seven conditions.

    python3 Benchmarks/peers/xfoil/foils.py foils.json     # half an hour
    airfoil-validation robustness foils.json

Angles go in steps of half a degree from zero up to 16 degrees and down to -4; the whole degrees at which XFOIL converges
are written down, with the 160 nodes of its panels. XFOIL as in verify.py.
"""

import argparse
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from verify import shim  # noqa: E402

NAMES = (
    "0006 0009 0012 0015 0018 0021 0024 1408 2408 2412 2418 4409 4412 4415 4421 6409 6412 23012 23018 24012".split())
# Reynolds and Mach number.
CONDITIONS = [(2e5, 0), (5e5, 0), (1e6, 0), (3e6, 0), (6e6, 0), (1e6, 0.3), (3e6, 0.5)]
UPPER, LOWER = [0.18, 0.22, 0.2, 0.25, 0.2, 0.25], [-0.14, -0.06, -0.08, -0.02, 0.02, 0.05]


def cst(lower, upper, nose, edge, panels=100):
    """A foil of Kulfan's parameters, from the upper trailing edge round to the lower one."""
    def side(weights, x, sign):
        n = len(weights)
        sum_ = sum(w * math.comb(n - 1, i) * x**i * (1 - x) ** (n - 1 - i) for i, w in enumerate(weights))
        return math.sqrt(x) * (1 - x) * sum_ + nose * x * (1 - x) ** (n + 0.5) + sign * edge * x / 2

    places = [0.5 * (1 + math.cos(math.pi * i / panels)) for i in range(panels + 1)]
    return [(x, side(upper, x, 1)) for x in places] + [(x, side(lower, x, -1)) for x in places[-2::-1]]


def foils():
    found = {f"naca{name}": name for name in NAMES}
    generator = random.Random(3)
    for k in range(10):
        scale = generator.uniform(0.6, 1.3)
        found[f"cst{k}"] = cst(
            [scale * a + generator.uniform(-0.04, 0.04) for a in LOWER],
            [scale * a + generator.uniform(-0.05, 0.05) for a in UPPER], generator.uniform(-0.1, 0.1),
            generator.choice([0, 0.002, 0.004]))
    return found


def rows(folder, library, name, foil, reynolds, mach):
    folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
    lines = ["PLOP", "G F", ""]
    if isinstance(foil, str):
        lines += [f"NACA {foil}", "PPAR", "N 160", "", ""]
    else:
        text = "\n".join(f"{x:.8f} {y:.8f}" for x, y in foil)
        (folder / "foil.dat").write_text(f"{name}\n{text}\n")
        lines += ["LOAD foil.dat", "PPAR", "N 160", "", "", "PANE"]
    lines += ["PSAV nodes.txt", "OPER", "ITER 100", f"VISC {reynolds:g}", f"MACH {mach:g}", "PACC", "polar.txt", ""]
    environment = dict(os.environ, LD_PRELOAD=str(library))
    environment.pop("DISPLAY", None)
    found = {}
    for angles in ([0.5 * i for i in range(33)], [-0.5 * i for i in range(9)]):
        (folder / "polar.txt").unlink(missing_ok=True)
        commands = lines + [f"ALFA {angle:.3f}" for angle in angles] + ["PACC", "", "QUIT", ""]
        try:
            subprocess.run(
                ["xfoil"], input="\n".join(commands), text=True, cwd=folder, env=environment, timeout=20,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            pass
        if not (folder / "polar.txt").exists():
            continue
        for line in (folder / "polar.txt").read_text().splitlines()[12:]:
            words = line.split()
            if len(words) >= 7 and float(words[0]) == round(float(words[0])):
                angle, lift, drag, _, moment, top, bottom = map(float, words[:7])
                found.setdefault(angle, [angle, lift, drag, moment, top, bottom])
    nodes = [float(word) for word in (folder / "nodes.txt").read_text().split()]
    return {"foil": name, "reynolds": reynolds, "mach": mach, "nodes": nodes, "rows": sorted(found.values())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = shim(folder)
        found = [
            rows(folder, library, name, foil, reynolds, mach)
            for name, foil in foils().items()
            for reynolds, mach in CONDITIONS
        ]
    options.output.write_text(json.dumps(found))
    print(f"{sum(len(one['rows']) for one in found)} points of {len(found)} polars")


if __name__ == "__main__":
    main()
