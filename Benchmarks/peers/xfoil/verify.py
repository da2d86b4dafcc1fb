#!/usr/bin/env python3
"""Puts foils into XFOIL and reads the drag that it finds for them at given lifts.

    python3 Benchmarks/peers/xfoil/verify.py CASE FOIL.dat [FOIL.dat ...]

CASE is A, A1, B, C or LIFT,REYNOLDS,MACH. XFOIL must be installed (Debian: apt install xfoil) and a C compiler: the
script builds a library that masks the floating-point traps of the viscous mode.

The protocol: PPAR N 200, PANE, ITER 300, Ncrit 9; the angle goes in steps of 0.25 degrees both ways from the middle of
its range; drag is linear in lift between the two converged points that bracket the lift. A lift without such a pair is a
failure, and so is the case.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
STEP = 0.25

LIFTS = [0.8, 1.0, 1.2, 1.4, 1.5, 1.6]
CASES = {
    "A": [(cl, 5e5 * (cl / 1.25) ** -0.5, 0.03, w) for cl, w in zip(LIFTS, [5, 6, 7, 8, 9, 10])],
    "A1": [(1.25, 5e5, 0.03, 1)],
    "B": [(0.5, 1e6, 0.0, 1)],
    "C": [(0.5, 1e6, 0.1, 1)],
}
BARS = {"A": 0.0785, "A1": 0.0086, "B": 0.0046, "C": 0.0042}


def shim(folder):
    """Builds the library that masks the traps."""
    library = pathlib.Path(folder) / "mask_traps.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "mask_traps.c"), "-lm"], check=True)
    return library


def sequence(folder, library, foil, reynolds, mach, angles):
    """The converged points of one sequence of angles: (alpha, cl, cd, cm, top, bottom)."""
    polar = pathlib.Path(folder) / "polar.txt"
    if polar.exists():
        polar.unlink()
    lines = [
        "PLOP", "G F", "", f"LOAD {foil}", "", "PPAR", "N 200", "", "", "PANE", "OPER", "ITER 300",
        f"VISC {reynolds:.6g}", f"MACH {mach:g}", "VPAR", "N 9", "", "PACC", "polar.txt", "",
    ]
    lines += [f"ALFA {angle:.3f}" for angle in angles]
    lines += ["PACC", "", "QUIT", ""]
    environment = dict(os.environ, LD_PRELOAD=str(library))
    environment.pop("DISPLAY", None)
    try:
        subprocess.run(
            ["xfoil"], input="\n".join(lines), text=True, cwd=folder, env=environment, timeout=120,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        pass
    if not polar.exists():
        return []
    points = []
    for line in polar.read_text().splitlines()[12:]:
        words = line.split()
        if len(words) >= 7:
            a, cl, cd, _, cm, top, bottom = map(float, words[:7])
            points.append((a, cl, cd, cm, top, bottom))
    return points


def steps(first, last):
    count = int(abs(last - first) / STEP + 1e-6)
    return [first + (STEP if last > first else -STEP) * i for i in range(count + 1)]


def drag(folder, library, foil, lift, reynolds, mach):
    """Drag, moment, transitions at a lift by the protocol; None without bracketing points."""
    # A first sweep finds the range of angles, upward from a calm one: far below it XFOIL may never end.
    rough = sequence(folder, library, foil, reynolds, mach, [2 + 0.5 * i for i in range(0, 21)])
    if not rough or rough[0][1] > lift:
        rough = sequence(folder, library, foil, reynolds, mach, [2 - 0.5 * i for i in range(0, 13)]) + rough
    if not rough:
        return None
    # Past stall the lift comes by a second time; the one asked for is the first.
    stall = max(rough, key=lambda p: p[1])[0]
    lowest = min(p[0] for p in rough)
    middle = round((lowest + stall) / 2 / STEP) * STEP
    up = sequence(folder, library, foil, reynolds, mach, steps(middle, stall + 1))
    down = sequence(folder, library, foil, reynolds, mach, steps(middle, lowest - 1))
    points = {round(p[0], 3): p for p in down + up}
    ordered = [points[a] for a in sorted(points)]
    for first, second in zip(ordered, ordered[1:]):
        if second[0] - first[0] > STEP + 1e-6 or not (first[1] <= lift <= second[1]):
            continue
        share = (lift - first[1]) / (second[1] - first[1]) if second[1] > first[1] else 0.0
        return [p + share * (q - p) for p, q in zip(first, second)]
    return None


def verify(case, foil):
    conditions = CASES.get(case)
    if conditions is None:
        lift, reynolds, mach = map(float, case.split(","))
        conditions = [(lift, reynolds, mach, 1)]
    with tempfile.TemporaryDirectory() as folder:
        library = shim(folder)
        # XFOIL cuts long names of files off.
        target = pathlib.Path(folder) / "foil.dat"
        target.write_text(pathlib.Path(foil).read_text())
        rows, total = [], 0.0
        for lift, reynolds, mach, weight in conditions:
            found = drag(folder, library, "foil.dat", lift, reynolds, mach)
            row = {"lift": lift, "reynolds": reynolds, "weight": weight, "found": found is not None}
            if found:
                row.update(alpha=found[0], cd=found[2], cm=found[3], xtrTop=found[4], xtrBottom=found[5])
                total += weight * found[2] / len(conditions)
            else:
                total = float("nan")
            rows.append(row)
    result = {"case": case, "foil": str(foil), "drag": total, "points": rows}
    if case in BARS:
        result["bar"] = BARS[case]
        result["holds"] = total <= BARS[case]
    return result


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    results = [verify(sys.argv[1], foil) for foil in sys.argv[2:]]
    print(json.dumps(results, indent=2))
    return 0 if all(r.get("holds", r["drag"] == r["drag"]) for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
