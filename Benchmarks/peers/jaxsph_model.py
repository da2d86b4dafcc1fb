"""The Taylor-Green case with JAX-SPH: its solver, its neighbour lists, jax.checkpoint around every step.

The solver is jax_sph.solver.WCSPH with density summation, the quintic kernel and a Tait equation of state of exponent 1.
Of its result only what the case needs is kept, so that the compiler drops the transport-velocity term, and the loop over
steps is compiled as a whole (lax.scan) instead of called from Python. Neighbours are searched anew every step, as JAX-SPH
does. Its dynamic viscosity is that of the reference density, not nu rho: the energy differs by 1e-6 from the other peers.
"""

import os

import numpy as np


def hold_threads(threads):
    """XLA asks the system how many processors this process may use, when it loads."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, set(allowed[:threads]))


class Simulation:
    """Tuning: `backend`, the search (jaxmd_vmap, jaxmd_scan, matscipy); `capacity`, spare room of its lists."""

    def __init__(self, case, double, threads, tuning):
        hold_threads(threads)
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax

        jax.config.update("jax_enable_x64", double)
        import jax.numpy as jnp
        from jax_sph import partition
        from jax_sph.eos import TaitEoS
        from jax_sph.jax_md import space
        from jax_sph.jax_md.partition import Sparse
        from jax_sph.solver import WCSPH

        self.case = case
        box = np.array([1.0, 1.0])
        displacement, shift = space.periodic(side=box)
        equation = TaitEoS(p_ref=case.stiffness, rho_ref=1.0, p_background=0.0, gamma=1.0)
        solver = WCSPH(displacement, equation, jnp.zeros_like, case.spacing, 2, case.step, 10.0)
        model = solver.forward_wrapper()

        def search(capacity):
            return partition.neighbor_list(
                displacement, box, r_cutoff=case.support, backend=tuning.get("backend", "matscipy"),
                capacity_multiplier=capacity, mask_self=False, format=Sparse, num_particles_max=case.count,
                num_partitions=int(tuning.get("partitions", "4")), pbc=np.array([True, True]),
            )

        real = jnp.float64 if double else jnp.float32
        self.r, self.v = jnp.asarray(case.positions, real), jnp.asarray(case.velocities, real)
        ones, zeros = jnp.ones(case.count, real), jnp.zeros(case.count, real)
        flat = jnp.zeros((case.count, 2), real)
        fixed = {
            "tag": jnp.zeros(case.count, jnp.int32), "mass": case.mass * ones, "eta": case.viscosity * ones,
            "rho": ones, "drhodt": zeros, "p": zeros, "nw": flat, "kappa": zeros, "Cp": zeros, "T": zeros,
            "dTdt": zeros, "dudt": flat, "dvdt": flat,
        }

        def step(carry, room):
            r, v, overflow = carry
            neighbors = room.update(jax.lax.stop_gradient(r), num_particles=case.count)
            out = model({**fixed, "r": r, "u": v, "v": v}, neighbors)
            v = v + case.step * out["dudt"]
            return shift(r, case.step * v), v, overflow | (neighbors.did_buffer_overflow != 0)

        def rollout(body):
            def energy(v, r, room):
                start = (r, v, jnp.zeros((), bool))
                steps = jax.lax.scan(lambda carry, _: (body(carry, room), None), start, None, length=case.steps)
                r, v, overflow = steps[0]
                return 0.5 * case.mass * jnp.sum(v**2), (r, overflow)

            return energy

        self.run = jax.jit(rollout(step))
        self.run_backward = jax.jit(jax.value_and_grad(rollout(jax.checkpoint(step)), has_aux=True))
        # The lists have a fixed size. A run with plenty of room tells how much the last state needs; as there, few more.
        self.neighbors = search(2.0).allocate(self.r, num_particles=case.count)
        _, (last, overflow) = self.run(self.v, self.r, self.neighbors)
        if overflow:
            raise RuntimeError("the neighbour lists overflowed")
        self.neighbors = search(float(tuning.get("capacity", "1.25"))).allocate(last, num_particles=case.count)

    def forward(self):
        energy, (_, overflow) = self.run(self.v, self.r, self.neighbors)
        if overflow:
            raise RuntimeError("the neighbour lists overflowed")
        return float(energy)

    def prepare_gradient(self):
        """Compiles the backward rollout, which must not count in its memory."""
        self.run_backward = self.run_backward.lower(self.v, self.r, self.neighbors).compile()

    def gradient(self):
        (energy, (_, overflow)), gradient = self.run_backward(self.v, self.r, self.neighbors)
        if overflow:
            raise RuntimeError("the neighbour lists overflowed")
        return float(energy), np.asarray(gradient)
