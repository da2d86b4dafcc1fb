"""PyTorch: a scene as a function that `backward` goes through."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import torch

from .._scene import Scene


class _Evaluate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, design: torch.Tensor, scene: Scene, names: tuple[str, ...]) -> tuple[torch.Tensor, ...]:
        state, linearization = scene.linearize(design.detach().cpu().double().numpy())
        ctx.linearization, ctx.names, ctx.like = linearization, names, design
        values = {**state, **linearization.rows}
        return tuple(torch.as_tensor(np.array(values[name])) for name in names)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *seeds: torch.Tensor) -> tuple[Any, ...]:
        rows, state = {}, {}
        for name, seed in zip(ctx.names, seeds):
            if seed is None:
                continue
            values = seed.detach().cpu().double().numpy()
            if name in ctx.linearization.rows:
                rows[name] = float(values)
            else:
                state[name] = values
        gradient = ctx.linearization(state or None, rows or None)
        return torch.as_tensor(gradient).reshape(ctx.like.shape).to(ctx.like), None, None


def evaluate(scene: Scene, design: torch.Tensor, outputs: Sequence[str]) -> dict[str, torch.Tensor]:
    """Outputs by name, rows and parts of the state, each a float64 tensor with a gradient.

    >>> out = evaluate(scene, design, ["displacement", "compliance"])
    >>> (out["displacement"].norm() + out["compliance"]).backward()
    """
    names = tuple(outputs)
    return dict(zip(names, _Evaluate.apply(design, scene, names)))
