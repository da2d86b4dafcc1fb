"""An objective of your own over the named state, with its gradient through the adjoint of the simulator.

The scene throws a drop at a point; here the drop shall instead be as high as possible while it stays left of x = 0.5 m.
"""

import backsolve
import numpy as np
from scipy.optimize import minimize

scene = backsolve.Scene("Scenes/Fluids/throw-a-drop.yaml", {"physics.smoothed-particles.time.end": "0.05 s"})


def objective(velocity):
    state, pullback = scene.linearize(velocity)
    x, y = state["position"].T
    beyond = np.maximum(x - 0.25, 0)
    seed = np.stack([200 * beyond / x.size, np.full_like(y, -1 / y.size)], axis=1)
    return 100 * (beyond**2).mean() - y.mean(), pullback({"position": seed})


result = minimize(objective, [1.0, 0.0], jac=True, bounds=list(zip(scene.lower, scene.upper)))
print(f"throw at {np.round(result.x, 3)} m/s: cost {objective([1.0, 0.0])[0]:.4f} -> {result.fun:.4f}")
