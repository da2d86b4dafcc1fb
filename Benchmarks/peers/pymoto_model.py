"""Compliance of a case with pyMOTO, by the solvers it offers."""

from __future__ import annotations

import warnings

import numpy as np
import pymoto as pym

from cases import MINIMUM_MODULUS, PENALTY, POISSON, SOLVER_TOLERANCE, Case, Evaluation

SOLVERS = ("cholmod", "cvxopt", "pardiso", "multigrid")


def multigrid(domain: pym.VoxelDomain, coarsest: int) -> pym.solvers.LinearSolver:
    """CG preconditioned by pyMOTO's geometric multigrid, halved while the grid stays even and above `coarsest` cells."""
    from pymoto.solvers import CG, GeometricMultigrid

    levels = [GeometricMultigrid(domain)]
    while True:
        sub = levels[-1].sub_domain
        sizes = [n for n in (sub.nelx, sub.nely, sub.nelz) if n > 0]
        if any(n % 2 for n in sizes) or min(sizes) <= coarsest:
            break
        levels[-1].inner_level = GeometricMultigrid(sub)
        levels.append(levels[-1].inner_level)
    return CG(preconditioner=levels[0], tol=SOLVER_TOLERANCE)


def linear_solver(name: str, domain: pym.VoxelDomain) -> pym.solvers.LinearSolver:
    from pymoto.solvers import sparse

    if name == "cholmod":
        return sparse.SolverSparseCholeskyScikit()
    if name == "cvxopt":
        return sparse.SolverSparseCholeskyCVXOPT()
    if name == "pardiso":
        return sparse.SolverSparsePardiso(symmetric=True, hermitian=True, positive_definite=True)
    return multigrid(domain, coarsest=3)


def evaluation(case: Case, solver: str) -> Evaluation:
    """The compliance of a design, filtered by pyMOTO, and its gradient by pyMOTO's chain rule."""
    import scipy.sparse as sparse

    warnings.simplefilter("ignore")
    domain = pym.VoxelDomain(*case.cells)
    matrix = sparse.csc_matrix if solver == "cholmod" else sparse.csr_matrix
    design = pym.Signal("design", state=np.full(case.cell_count, case.volume))
    with pym.Network() as network:
        density = pym.DensityFilter(domain, radius=case.radius)(design)
        modulus = pym.MathExpression(f"{MINIMUM_MODULUS} + {1 - MINIMUM_MODULUS} * inp0^{PENALTY:g}")(density)
        stiffness = pym.AssembleStiffness(
            domain, bc=case.fixed, poisson_ratio=POISSON, plane="stress", matrix_type=matrix
        )(modulus)
        displacement = pym.LinSolve(
            symmetric=True, hermitian=True, positive_definite=True, solver=linear_solver(solver, domain)
        )(stiffness, case.load)
        compliance = pym.EinSum("i,i->")(displacement, case.load)
    state = {"first": True}

    def evaluate(values: np.ndarray) -> tuple[float, np.ndarray]:
        if not state["first"] or not np.array_equal(values, design.state):
            design.state = values
            network.response()
        state["first"] = False
        network.reset()
        compliance.sensitivity = 1.0
        network.sensitivity()
        return float(compliance.state), np.asarray(design.sensitivity)

    return evaluate
