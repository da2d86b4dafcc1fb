"""The MBB beam by NLopt's own MMA (Svanberg 2002)."""

import backsolve
from backsolve.adapters.nlopt import minimize

scene = backsolve.Scene(
    "Scenes/Structures/mbb-beam.yaml",
    {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"},
)
result = minimize(scene, "LD_MMA", evaluations=30)
values = scene.simulate(result.design)
print(f"compliance {scene.value(scene.start):.4f} -> {values.objective:.4f} J in {result.evaluations} evaluations")
