"""A scene inside JAX: grad and jit through the solve."""

import backsolve
import jax
import jax.numpy as jnp
from backsolve.adapters.jax import function

jax.config.update("jax_enable_x64", True)
scene = backsolve.Scene("Scenes/Fluids/throw-a-drop.yaml", {"physics.smoothed-particles.time.end": "0.05 s"})
evaluate = function(scene, ["position"])


@jax.jit
@jax.value_and_grad
def loss(velocity):
    """How far the middle of the drop is from a point."""
    middle = evaluate(velocity)["position"].mean(axis=0)
    return jnp.sum((middle - jnp.array([0.3, 0.25])) ** 2)


velocity = jnp.array([0.0, 0.0])
for step in range(12):
    value, gradient = loss(velocity)
    velocity = jnp.clip(velocity - 150 * gradient, -3, 3)
print(f"thrown at {velocity} m/s the middle of the drop misses by {float(value) ** 0.5:.2e} m")
