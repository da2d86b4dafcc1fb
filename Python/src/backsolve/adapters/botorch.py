"""Bayesian optimization of a scene with BoTorch: few unknowns, dear solves, constraints by a model of each; the same scene
on grids of several sizes, of which the coarse ones are cheap."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

import numpy as np
import torch
from botorch.acquisition.fixed_feature import FixedFeatureAcquisitionFunction
from botorch.acquisition.logei import qLogExpectedImprovement
from botorch.acquisition.objective import GenericMCObjective
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP, SingleTaskMultiFidelityGP
from botorch.models.transforms.outcome import Standardize
from botorch.optim import optimize_acqf
from gpytorch.mlls import SumMarginalLogLikelihood
from numpy.typing import NDArray

from .._errors import SolveFailed
from .._scene import Scene
from ..program import Program

Tensor = torch.Tensor


def minimize(
    scene: Scene, evaluations: int = 30, initial: int = 8, seed: int = 1
) -> tuple[NDArray[np.float64], float, int]:
    """The best feasible design, its objective and the number of solves; a point asked for twice is solved once."""
    program = Program(scene)
    torch.manual_seed(seed)
    points = _first_points(program.size, initial, seed)
    values = torch.stack([_measure(program, t) for t in points])
    for _ in range(evaluations - initial):
        model = _fit(lambda y: SingleTaskGP(points, y, outcome_transform=Standardize(m=1)), values)
        candidate = _ask(_improvement(model, values), program.size)
        points = torch.cat([points, candidate])
        values = torch.cat([values, _measure(program, candidate[0])[None]])
    index = _best(values)
    return _design(program, points[index]), -float(values[index, 0]), program.evaluations


def minimize_fidelities(
    scenes: Sequence[Scene],
    costs: Sequence[float],
    budget: float = 20.0,
    initial: Optional[Sequence[int]] = None,
    seed: int = 1,
) -> tuple[NDArray[np.float64], float, list[int]]:
    """The best feasible design of the last scene, its objective there, and the number of solves of each scene.

    The scenes are the same task on finer and finer grids. One model of each output spans all of them; where to solve next
    is where the finest is expected to improve most, and which grid solves there is the one with the best product of its
    correlation with the finest, what a solve would still tell, and how cheap it is (Huang, Allen, Notz and Miller,
    Sequential kriging optimization using multiple-fidelity evaluations, Structural and Multidisciplinary Optimization 32,
    2006). What is found is solved on the finest grid at the end.

    :param costs: of one solve of each scene, in any unit.
    :param budget: what may be spent after the first points, in solves of the last scene.
    :param initial: how many first points each scene gets; by default twelve on the first, six on the others.
    """
    if len(scenes) < 2 or len(scenes) != len(costs):
        raise ValueError("needs two scenes or more, with a cost each")
    programs = [Program(scene) for scene in scenes]
    target, size = programs[-1], programs[-1].size
    if any(program.size != size for program in programs):
        raise ValueError("the scenes have designs of different sizes; the design must not depend on the grid")
    torch.manual_seed(seed)
    levels = torch.linspace(0, 1, len(scenes), dtype=torch.double)
    given = list(initial or [12] + [6] * (len(scenes) - 1))
    sample = _first_points(size, max(given), seed)
    points = torch.cat([_at(sample[:count], levels[k]) for k, count in enumerate(given)])
    values = torch.cat(
        [torch.stack([_measure(programs[k], t) for t in sample[:count]]) for k, count in enumerate(given) if count]
    )
    spent = 0.0
    price = [cost / costs[-1] for cost in costs]
    # The last solves are for what the model thinks best on the finest grid.
    while spent < budget - 1:
        model = _fit_fidelities(points, values)
        at_target = points[:, -1] == 1
        acquisition = FixedFeatureAcquisitionFunction(
            _improvement(model, values[at_target]), d=size + 1, columns=[size], values=[1.0]
        )
        candidate = _ask(acquisition, size)
        level = _level(model, candidate, levels, price)
        points = torch.cat([points, _at(candidate, levels[level])])
        values = torch.cat([values, _measure(programs[level], candidate[0])[None]])
        spent += price[level]
    model = _fit_fidelities(points, values)
    mean = model.posterior(_at(points[:, :-1], levels[-1])).mean.detach()
    last = points[_best(mean, otherwise=0), :-1]
    points = torch.cat([points, _at(last[None], levels[-1])])
    values = torch.cat([values, _measure(target, last)[None]])
    at_target = points[:, -1] == 1
    index = _best(values[at_target])
    design = _design(target, points[at_target][index, :-1])
    return design, -float(values[at_target][index, 0]), [program.evaluations for program in programs]


def _design(program: Program, t: Tensor) -> NDArray[np.float64]:
    return program.lower + (program.upper - program.lower) * t.numpy()


def _measure(program: Program, t: Tensor) -> Tensor:
    """What is to be large, then constraints that are satisfied at zero or below; not numbers where a solve fails."""
    x = _design(program, t)
    try:
        return torch.tensor([-program.objective(x), *program.constraints(x)], dtype=torch.double)
    except SolveFailed:
        return torch.full((1 + program.constraint_count,), torch.nan, dtype=torch.double)


def _first_points(size: int, count: int, seed: int) -> Tensor:
    return torch.quasirandom.SobolEngine(size, scramble=True, seed=seed).draw(count).double()


def _at(points: Tensor, level: Tensor) -> Tensor:
    return torch.cat([points, level.expand(len(points), 1)], dim=1)


def _fit(make: Callable[[Tensor], Any], values: Tensor) -> ModelListGP:
    # A design whose solve failed is taken for as bad as the worst that was solved, so that the search leaves it alone.
    solved = values[~values.isnan().any(dim=1)]
    if not len(solved):
        raise ValueError("no design could be solved")
    worst = torch.cat([solved[:, :1].min(dim=0).values, solved[:, 1:].max(dim=0).values])
    values = torch.where(values.isnan(), worst, values)
    model = ModelListGP(*[make(values[:, k : k + 1]) for k in range(values.shape[1])])
    fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
    return model


def _fit_fidelities(points: Tensor, values: Tensor) -> ModelListGP:
    fidelity = points.shape[1] - 1
    return _fit(
        lambda y: SingleTaskMultiFidelityGP(points, y, data_fidelities=[fidelity], outcome_transform=Standardize(m=1)),
        values,
    )


def _improvement(model: ModelListGP, values: Tensor) -> qLogExpectedImprovement:
    """The expected improvement over the best feasible value, times the probability of being feasible."""
    feasible = (values[:, 1:] <= 0).all(dim=1)
    return qLogExpectedImprovement(
        model,
        best_f=values[feasible, 0].max() if feasible.any() else values[~values[:, 0].isnan(), 0].min(),
        objective=GenericMCObjective(lambda samples, X=None: samples[..., 0]),
        constraints=[(lambda samples, k=k: samples[..., k]) for k in range(1, values.shape[1])] or None,
    )


def _ask(acquisition: Any, size: int) -> Tensor:
    unit = torch.tensor([[0.0] * size, [1.0] * size], dtype=torch.double)
    return optimize_acqf(acquisition, unit, q=1, num_restarts=4, raw_samples=64)[0]


def _level(model: ModelListGP, candidate: Tensor, levels: Tensor, price: Sequence[float]) -> int:
    """The fidelity at which a point is best solved."""
    merits = []
    with torch.no_grad():
        for level, cost in zip(levels, price):
            pair = torch.cat([_at(candidate, level), _at(candidate, levels[-1])])
            posterior = model.models[0].posterior(pair)
            covariance = posterior.distribution.covariance_matrix
            spread = covariance.diagonal().clamp_min(1e-18).sqrt()
            correlation = float(covariance[0, 1] / (spread[0] * spread[1]))
            noise = 0.05 * float(model.models[0].train_targets.std()) * float(model.models[0].outcome_transform.stdvs)
            news = 1 - noise / (noise**2 + float(spread[0]) ** 2) ** 0.5
            merits.append(max(correlation, 0) * news / cost)
    return int(np.argmax(merits))


def _best(values: Tensor, otherwise: Optional[int] = None) -> int:
    feasible = (values[:, 1:] <= 0).all(dim=1)
    if not feasible.any():
        if otherwise is None:
            raise ValueError("no design met the constraints")
        return int(values[:, 1:].clamp_min(0).sum(dim=1).argmin())
    return int(torch.where(feasible, values[:, 0], -torch.inf).argmax())
