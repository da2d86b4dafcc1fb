"""A scene inside PyTorch: a small network makes the design, backward() goes through the solve."""

import backsolve
import torch
from backsolve.adapters.torch import evaluate

scene = backsolve.Scene(
    "Scenes/Structures/mbb-beam.yaml",
    {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"},
)
torch.manual_seed(0)
rows, columns = torch.meshgrid(torch.linspace(-1, 1, 8), torch.linspace(-1, 1, 24), indexing="ij")
places = torch.stack([columns.ravel(), rows.ravel()], dim=1).double()
network = torch.nn.Sequential(torch.nn.Linear(2, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1), torch.nn.Sigmoid()).double()
optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
start = scene.value(scene.start)
for step in range(60):
    out = evaluate(scene, network(places).ravel(), ["compliance", "volume-fraction"])
    loss = out["compliance"] / start + 50 * torch.relu(out["volume-fraction"] - 0.5) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"compliance {start:.4f} -> {out['compliance'].item():.4f} J at volume {out['volume-fraction'].item():.4f}")
