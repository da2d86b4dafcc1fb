"""A scene as a component of an OpenMDAO model, its partials checked, optimized by SLSQP."""

import backsolve
import openmdao.api as om
from backsolve.adapters.openmdao import SceneComponent

scene = backsolve.Scene(
    "Scenes/Structures/mbb-beam.yaml",
    {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"},
)
problem = om.Problem(reports=None)
problem.model.add_subsystem("beam", SceneComponent(scene=scene), promotes=["*"])
problem.driver = om.ScipyOptimizeDriver(optimizer="SLSQP", maxiter=15, disp=False)
problem.model.add_design_var("density", lower=0, upper=1)
problem.model.add_objective("compliance", ref=scene.value(scene.start))
problem.model.add_constraint("volume_fraction", upper=0.5)
problem.setup()
problem.run_driver()
print(f"compliance {scene.value(scene.start):.4f} -> {problem.get_val('compliance')[0]:.4f} J")
