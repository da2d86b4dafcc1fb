"""Where to throw a drop, by three methods that need no gradient: CMA-ES, a swarm of pymoo, Nevergrad."""

import backsolve
from backsolve.adapters import cma, nevergrad
from backsolve.adapters.pymoo import SceneProblem
from pymoo.algorithms.soo.nonconvex.pso import PSO
from pymoo.optimize import minimize

scene = backsolve.Scene("Scenes/Fluids/throw-a-drop.yaml", {"physics.smoothed-particles.time.end": "0.05 s"})
print(f"start: {scene.value(scene.start):.6f} m^2")
design, value, evaluations = cma.minimize(scene, maxfevals=60, seed=1, verbose=-9)
print(f"CMA-ES: {value:.6f} m^2 in {evaluations} simulations, {design} m/s")
result = minimize(SceneProblem(scene), PSO(pop_size=10), ("n_gen", 6), seed=1)
print(f"particle swarm: {result.F[0]:.6f} m^2, {result.X} m/s")
design, value = nevergrad.minimize(scene, "OnePlusOne", budget=60)
print(f"Nevergrad: {value:.6f} m^2, {design} m/s")
