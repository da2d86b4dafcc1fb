"""The MBB beam by SLSQP and trust-constr of scipy.optimize, with gradients of objective and constraint.

Python/README.md says how to install; run it from the root of the checkout.
"""

import backsolve
from backsolve.adapters.scipy import minimize

scene = backsolve.Scene(
    "Scenes/Structures/mbb-beam.yaml",
    {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"},
)
before = scene.value(scene.start)
for method in ("SLSQP", "trust-constr"):
    result = minimize(scene, method, maxiter=15)
    values = scene.simulate(result.x.clip(0, 1))
    print(f"{method}: compliance {before:.4f} -> {values.objective:.4f} J, volume {values.rows['volume-fraction']:.4f}")
