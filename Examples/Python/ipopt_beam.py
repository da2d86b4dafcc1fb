"""The MBB beam by IPOPT's interior points (cyipopt; on Debian it builds against coinor-libipopt-dev)."""

import backsolve
from backsolve.adapters.ipopt import minimize

scene = backsolve.Scene(
    "Scenes/Structures/mbb-beam.yaml",
    {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"},
)
design, info = minimize(scene, max_iter=30, print_level=0, sb="yes")
values = scene.simulate(design.clip(0, 1))
print(f"compliance {scene.value(scene.start):.4f} -> {values.objective:.4f} J: {info['status_msg'].decode()}")
