"""The command line that the case scripts share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version

from cases import Case, report, run

PEERS = {"pymoto": "pymoto_model", "torch-fem": "torchfem_model"}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def measure(parser: argparse.ArgumentParser, make_case: Callable[..., Case]) -> None:
    """Parses the command line, runs the case and prints the result."""
    parser.add_argument("--peer", choices=sorted(PEERS), default="pymoto", help="default: %(default)s")
    parser.add_argument("--solver", default=None, help="pymoto: cholmod, cvxopt, pardiso, multigrid (default: the one "
                        "that was fastest for the dimension); torch-fem: direct, amg, jacobi")
    parser.add_argument("--evaluations", type=int, help="evaluations of the design (default: as in the table)")
    parser.add_argument("--threads", type=int, default=1, help="threads of the peer's libraries (default: 1)")
    arguments = parser.parse_args()
    try:
        cells = tuple(int(n) for n in arguments.cells.split("x"))
        case = make_case(*cells)
    except (TypeError, ValueError):
        parser.error(f"'{arguments.cells}' is not a size such as {parser.get_default('cells')}")
    if min(cells) < 1 or arguments.evaluations < 1:
        parser.error("cells and evaluations are at least 1")

    wanted = dict.fromkeys(THREAD_VARIABLES, str(arguments.threads))
    if any(os.environ.get(variable) != count for variable, count in wanted.items()):
        # The libraries read these when they load, and numpy is loaded: start again.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})
    model = import_module(PEERS[arguments.peer])
    if arguments.peer == "torch-fem":
        import torch

        torch.set_num_threads(arguments.threads)
    solver = arguments.solver or default_solver(arguments.peer, case.dimension)
    if solver not in model.SOLVERS:
        parser.error(f"'{solver}' is not a solver of {arguments.peer}: {', '.join(model.SOLVERS)}")
    result = run(
        case,
        f"{arguments.peer} {version(arguments.peer)}",
        solver,
        model.evaluation(case, solver),
        arguments.evaluations,
        filtered=arguments.peer == "pymoto",
    )
    report({**result, "threads": arguments.threads})


def default_solver(peer: str, dimension: int) -> str:
    if peer == "pymoto":
        return "pardiso" if dimension == 2 else "multigrid"
    return "direct" if dimension == 2 else "amg"
