#!/usr/bin/env python3
"""Runs the design cases of Scenes/Airfoils, each from three foils, and puts what comes out into XFOIL.

    python3 Benchmarks/peers/xfoil/designs.py BACKSOLVE [--cases A,A1,B,C] [--starts naca0012,naca4412,naca23012]
        [--output FOLDER]

BACKSOLVE is the command to run. Prints a row of a table a run: case, start, our drag, XFOIL's, the bar, CPU and wall
seconds of the whole command, from the scene to the report. The protocol in XFOIL is that of verify.py, which says what
must be installed.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from verify import BARS, CASES, verify

SCENES = pathlib.Path(__file__).resolve().parents[3] / "Scenes" / "Airfoils"


def optimize(command, case, start, folder):
    """Runs a case; returns CPU and wall seconds of the command, and its result (None where it failed)."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    done = subprocess.run(
        [command, "optimize", str(SCENES / f"case-{case.lower()}.yaml"), "--set", f"physics.airfoil.foil={start}",
         "--output", str(folder), "--overwrite", "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
        return cpu, time.time() - wall, None
    return cpu, time.time() - wall, json.loads((folder / "result.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("--cases", default="C,B,A1,A")
    parser.add_argument("--starts", default="naca0012,naca4412,naca23012")
    parser.add_argument("--output")
    options = parser.parse_args()
    command = os.path.abspath(options.command)
    holds = True
    print("| case | start | our drag | XFOIL's drag | bar | transition here | in XFOIL | CPU s | wall s |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for case in options.cases.split(","):
            for start in options.starts.split(","):
                folder = pathlib.Path(options.output or scratch) / f"{case}-{start}"
                cpu, wall, result = optimize(command, case, start, folder)
                if result is None:
                    print(f"| {case} | {start} | failed | | {BARS[case]} | | | {cpu:.1f} | {wall:.1f} |", flush=True)
                    holds = False
                    continue
                checked = verify(case, folder / "airfoil.dat")
                ours = own_drag(case, folder)
                places = [(p.get("xtrTop"), p.get("xtrBottom")) for p in checked["points"]]
                there = " ".join(f"{t:.2f}/{b:.2f}" if t is not None else "none" for t, b in places)
                # The state's coefficients: transitions of the points, as the run's own polar at the design lifts has them.
                here = " ".join(f"{t:.2f}/{b:.2f}" for t, b in transitions(folder, [p["lift"] for p in checked["points"]]))
                good = checked["drag"] <= BARS[case]
                holds = holds and good
                print(
                    f"| {case} | {start} | {ours:.5f} | {checked['drag']:.5f}{'' if good else ' (misses)'} "
                    f"| {BARS[case]} | {here} | {there} | {cpu:.1f} | {wall:.1f} |", flush=True)
    return 0 if holds else 1


def own_drag(case, folder):
    """What XFOIL's number is compared with: our drag at the lifts of the case, weighted as there."""
    rows = [row for row in polar(folder) if row["foil"] == "result"]
    total = 0.0
    for lift, reynolds, mach, weight in CASES[case]:
        total += weight * min(
            float(row["cd"]) for row in rows
            if abs(float(row["cl"]) - lift) < 1e-6 and float(row["condition"].split()[1]) == lift and row["cd"])
    return total / len(CASES[case])


def polar(folder):
    lines = (folder / "polar.csv").read_text().splitlines()
    names = lines[0].split(",")
    return [dict(zip(names, line.split(","))) for line in lines[1:]]


def transitions(folder, lifts):
    """Upper and lower transition nearest to the lifts in the polar of a result."""
    rows = [row for row in polar(folder) if row["foil"] == "result" and row["converged"] == "1"]
    found = []
    for lift in lifts:
        best = min(rows, key=lambda r: abs(float(r["cl"]) - lift))
        found.append((float(best["xtr_top"]), float(best["xtr_bottom"])))
    return found


if __name__ == "__main__":
    sys.exit(main())
