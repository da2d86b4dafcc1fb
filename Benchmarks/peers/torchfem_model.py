"""Compliance of a case with torch-fem, by the solvers it offers."""

from __future__ import annotations

import numpy as np
import torch
from torchfem import Planar, Solid
from torchfem.materials import IsotropicElasticity3D, IsotropicElasticityPlaneStress

from cases import MINIMUM_MODULUS, PENALTY, POISSON, SOLVER_TOLERANCE, Case, Evaluation, node_numbers

SOLVERS = ("direct", "amg", "jacobi")


def mesh(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Node coordinates and cells in torch-fem's order: counter-clockwise, the bottom face first in 3D."""
    numbers = node_numbers(case.cells)
    grid = np.meshgrid(*[np.arange(n + 1) for n in case.cells], indexing="ij")
    points = np.empty((numbers.size, case.dimension))
    for axis, values in enumerate(grid):
        points[numbers, axis] = values
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    corners = square if case.dimension == 2 else [(*c, k) for k in (0, 1) for c in square]
    columns = [
        numbers[tuple(slice(d, n + d) for d, n in zip(corner, case.cells))].transpose().ravel() for corner in corners
    ]
    return torch.tensor(points), torch.tensor(np.stack(columns, axis=1))


def evaluation(case: Case, solver: str) -> Evaluation:
    """The compliance of a physical (filtered) density and its gradient -p rho^(p-1) (1 - Emin) u_e.k0 u_e."""
    torch.set_default_dtype(torch.float64)
    nodes, cells = mesh(case)
    if case.dimension == 2:
        model = Planar(nodes, cells, IsotropicElasticityPlaneStress(1.0, POISSON))
    else:
        model = Solid(nodes, cells, IsotropicElasticity3D(1.0, POISSON))
    shape = (nodes.shape[0], case.dimension)
    constraints = torch.zeros(shape, dtype=torch.bool)
    constraints.view(-1)[torch.tensor(case.fixed)] = True
    model.constraints = constraints
    model.forces = torch.tensor(case.load.reshape(shape))
    unit_stiffness = model.k0()[0].clone()
    unit_tensor = model.material.C.clone()
    options = {"method": "direct"} if solver == "direct" else {"method": "cg", "preconditioner": solver}

    def evaluate(values: np.ndarray) -> tuple[float, np.ndarray]:
        with torch.no_grad():
            density = torch.tensor(values)
            modulus = MINIMUM_MODULUS + (1 - MINIMUM_MODULUS) * density**PENALTY
            model.material.C = modulus.reshape(-1, *[1] * (unit_tensor.dim() - 1)) * unit_tensor
            displacement = model.solve(stol=SOLVER_TOLERANCE, rtol=2 * SOLVER_TOLERANCE, **options)[0]
            local = displacement[model.elements].reshape(case.cell_count, -1)
            energy = ((local @ unit_stiffness) * local).sum(dim=1)
            compliance = float((displacement * model.forces).sum())
            slope = -PENALTY * (1 - MINIMUM_MODULUS) * density ** (PENALTY - 1) * energy
        return compliance, slope.numpy()

    return evaluate
