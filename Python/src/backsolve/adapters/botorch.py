"""Bayesian optimization of a scene with BoTorch: few unknowns, dear solves, constraints by a model of each."""

from __future__ import annotations

import numpy as np
import torch
from botorch.acquisition.logei import qLogExpectedImprovement
from botorch.acquisition.objective import GenericMCObjective
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms.outcome import Standardize
from botorch.optim import optimize_acqf
from gpytorch.mlls import SumMarginalLogLikelihood
from numpy.typing import NDArray

from .._scene import Scene
from ..program import Program


def minimize(
    scene: Scene, evaluations: int = 30, initial: int = 8, seed: int = 1
) -> tuple[NDArray[np.float64], float, int]:
    """The best feasible design, its objective and the number of solves."""
    program = Program(scene)
    width = program.upper - program.lower
    torch.manual_seed(seed)
    points = torch.quasirandom.SobolEngine(program.size, scramble=True, seed=seed).draw(initial).double()

    def measure(t: torch.Tensor) -> list[float]:
        x = program.lower + width * t.numpy()
        return [-program.objective(x), *program.constraints(x)]

    values = torch.tensor([measure(t) for t in points], dtype=torch.double)
    unit = torch.tensor([[0.0] * program.size, [1.0] * program.size], dtype=torch.double)
    for _ in range(evaluations - initial):
        models = [
            SingleTaskGP(points, values[:, k : k + 1], outcome_transform=Standardize(m=1))
            for k in range(values.shape[1])
        ]
        model = ModelListGP(*models)
        fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
        feasible = (values[:, 1:] <= 0).all(dim=1)
        best = values[feasible, 0].max() if feasible.any() else values[:, 0].min()
        acquisition = qLogExpectedImprovement(
            model,
            best_f=best,
            objective=GenericMCObjective(lambda samples, X=None: samples[..., 0]),
            constraints=[(lambda samples, k=k: samples[..., k]) for k in range(1, values.shape[1])] or None,
        )
        candidate, _ = optimize_acqf(acquisition, unit, q=1, num_restarts=4, raw_samples=64)
        points = torch.cat([points, candidate])
        values = torch.cat([values, torch.tensor([measure(candidate[0])], dtype=torch.double)])
    feasible = (values[:, 1:] <= 0).all(dim=1)
    if not feasible.any():
        raise ValueError("no design met the constraints")
    index = int(torch.where(feasible, values[:, 0], -torch.inf).argmax())
    return program.lower + width * points[index].numpy(), -float(values[index, 0]), program.evaluations
