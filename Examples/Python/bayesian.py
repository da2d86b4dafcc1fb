"""Where to throw a drop in two dozen simulations: Bayesian optimization with BoTorch."""

import backsolve
from backsolve.adapters.botorch import minimize

scene = backsolve.Scene("Scenes/Fluids/throw-a-drop.yaml", {"physics.smoothed-particles.time.end": "0.05 s"})
design, value, evaluations = minimize(scene, evaluations=24)
print(f"{scene.value(scene.start):.6f} -> {value:.6f} m^2 in {evaluations} simulations: {design} m/s")
