#!/usr/bin/env python3
"""CPU time of a polar and of a point, beside XFOIL and NeuralFoil, all in one run.

    python3 Benchmarks/peers/xfoil/speed.py --command .build/release/backsolve [--rounds 5]

The polar is NACA 2412 at a Reynolds number of 1e6 on 160 panels, 40 angles from -4 to 11.6 degrees. Backsolve and XFOIL
are processes of their own; what they take with no angle at all is taken off, and the medians over the rounds are printed.
XFOIL's time has no gradient in it. NeuralFoil (`pip install neuralfoil`) answers from a network in this process; it is
left out where it is not installed. XFOIL as in verify.py.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from verify import shim  # noqa: E402

ANGLES = [-4 + 0.4 * k for k in range(40)]


def cpu_of(run):
    """The CPU time of child processes while `run` is called."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def backsolve(command, angles):
    words = [command, "polar", "naca2412", "--reynolds", "1e6", "--threads", "1", "--json", "--alpha"]
    words.append(angles)
    found = subprocess.run(words, check=True, capture_output=True, text=True)
    return sum(row["converged"] for row in json.loads(found.stdout))


def xfoil(folder, library, angles):
    polar = pathlib.Path(folder) / "polar.txt"
    polar.unlink(missing_ok=True)
    lines = ["PLOP", "G F", "", "NACA 2412", "PPAR", "N 160", "", "", "OPER", "ITER 100", "VISC 1e6", "PACC", "polar.txt", ""]
    lines += [f"ALFA {angle:.3f}" for angle in angles] + ["PACC", "", "QUIT", ""]
    environment = dict(os.environ, LD_PRELOAD=str(library))
    environment.pop("DISPLAY", None)
    subprocess.run(
        ["xfoil"], input="\n".join(lines), text=True, cwd=folder, env=environment, timeout=120,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(polar.read_text().splitlines()[12:]) if polar.exists() else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=".build/release/backsolve")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    try:
        import neuralfoil
        import numpy
    except ImportError:
        neuralfoil = None
    times = {"backsolve": [], "xfoil": [], "neuralfoil": []}
    converged = {}
    with tempfile.TemporaryDirectory() as folder:
        library = shim(folder)

        def note(name, value):
            converged[name] = value

        for _ in range(options.rounds):
            one = cpu_of(lambda: backsolve(options.command, "0"))
            many = cpu_of(lambda: note("backsolve", backsolve(options.command, "-4:11.6:0.4")))
            # 39 points of difference: a cold start is in both.
            times["backsolve"].append((many - one) / 39 * 40)
            none = cpu_of(lambda: xfoil(folder, library, []))
            times["xfoil"].append(cpu_of(lambda: note("xfoil", xfoil(folder, library, ANGLES))) - none)
            if neuralfoil:
                from aerosandbox import Airfoil
                foil = Airfoil("naca2412").to_kulfan_airfoil()
                arguments = dict(
                    kulfan_parameters=foil.kulfan_parameters, alpha=numpy.array(ANGLES), Re=1e6, model_size="xlarge")
                neuralfoil.get_aero_from_kulfan_parameters(**arguments)
                start = time.process_time()
                neuralfoil.get_aero_from_kulfan_parameters(**arguments)
                times["neuralfoil"].append(time.process_time() - start)
                converged["neuralfoil"] = len(ANGLES)
    reference = statistics.median(times["backsolve"])
    print(f"{'':12}{'40 points, CPU ms':>20}{'a point, ms':>14}{'by Backsolve':>14}{'converged':>12}")
    for name, values in times.items():
        if values:
            median = statistics.median(values)
            print(
                f"{name:12}{1e3 * median:20.1f}{1e3 * median / 40:14.2f}{median / reference:14.2f}"
                f"{converged[name]:>9}/40")


if __name__ == "__main__":
    main()
