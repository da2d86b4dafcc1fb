#!/usr/bin/env python3
"""Draws drag along a fine line of shapes on which transition crosses several panels: it has no steps.

    python3 Benchmarks/drag_line.py --command .build/release/backsolve [--steps 400] [--output drag-line.png]

The shapes are NACA 2412 with the upper side fuller ahead of the middle by up to 1.5 % of the chord; each is analysed by
`backsolve polar` at 1.7 degrees and a Reynolds number of 1e6, from a cold start, on panels of its own. matplotlib draws.
"""

import argparse
import json
import math
import pathlib
import subprocess
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def surface(height, count=160):
    rows = []
    for i in range(count):
        x = 0.5 * (1 + math.cos(2 * math.pi * i / (count - 1)))
        upper = i < count // 2
        shape = 0.6 * (0.2969 * x**0.5 - 0.126 * x - 0.3516 * x**2 + 0.2843 * x**3 - 0.1015 * x**4)
        camber = 0.02 / 0.16 * (0.8 * x - x * x) if x < 0.4 else 0.02 / 0.36 * (0.2 + 0.8 * x - x * x)
        bump = height * math.sin(math.pi * x**0.6) ** 2 if upper else 0
        rows.append(f"{x:.15f} {camber + (shape if upper else -shape) + bump:.15f}")
    return "\n".join(["line", *rows]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=".build/release/backsolve")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--output", default="drag-line.png")
    options = parser.parse_args()
    heights, drag, transition = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "line.dat"
        for step in range(options.steps + 1):
            height = 0.015 * step / options.steps
            file.write_text(surface(height))
            found = subprocess.run(
                [options.command, "polar", str(file), "--reynolds", "1e6", "--alpha", "1.7", "--json"],
                check=True, capture_output=True, text=True)
            row = json.loads(found.stdout)[0]
            heights.append(100 * height)
            drag.append(1e4 * row["cd"])
            transition.append(row["xtrTop"])
    figure, axes = plt.subplots(figsize=(7, 3.6), constrained_layout=True)
    axes.plot(heights, drag, ".", markersize=2, color="#1b5e8c")
    axes.set_xlabel("height of the bump, % of the chord")
    axes.set_ylabel("drag, counts", color="#1b5e8c")
    other = axes.twinx()
    other.plot(heights, transition, color="#c0392b", linewidth=1)
    other.set_ylabel("transition on the upper side, x/c", color="#c0392b")
    axes.set_title(f"{options.steps} shapes in a row")
    figure.savefig(options.output, dpi=130)


if __name__ == "__main__":
    main()
