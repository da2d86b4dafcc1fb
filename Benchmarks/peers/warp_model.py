"""The Taylor-Green case with NVIDIA Warp on the processor: HashGrid, neighbour lists of a step, Tape for the gradient.

The hash grid has a whole number of cells along the box and one along z, so that its modulo makes the box periodic. The
density pass goes through the grid and notes the neighbours, so that the force pass and the adjoints need no grid.
The kernels go through the particles in rows, which they hardly leave in so few steps.
"""

import numpy as np
import warp as wp

CAPACITY = 40  # neighbours a particle can have: 29 on the lattice

wp.config.quiet = True


def make_kernels(real, vec, point, cell_width):
    """Kernels of one precision; `cell_width` only tells modules of different settings apart."""

    @wp.func
    def wrapped(d: real):
        return d - wp.floor(d + real(0.5))

    @wp.func
    def spline(q: real):
        a = wp.max(real(0.0), real(3.0) - q)
        b = wp.max(real(0.0), real(2.0) - q)
        c = wp.max(real(0.0), real(1.0) - q)
        a2 = a * a
        b2 = b * b
        c2 = c * c
        return a2 * a2 * a - real(6.0) * b2 * b2 * b + real(15.0) * c2 * c2 * c

    @wp.func
    def spline_slope(q: real):
        a = wp.max(real(0.0), real(3.0) - q)
        b = wp.max(real(0.0), real(2.0) - q)
        c = wp.max(real(0.0), real(1.0) - q)
        a2 = a * a
        b2 = b * b
        c2 = c * c
        return real(-5.0) * a2 * a2 + real(30.0) * b2 * b2 - real(75.0) * c2 * c2

    @wp.kernel(enable_backward=False, module="unique")
    def find(
        grid: wp.uint64,
        points: wp.array(dtype=point),
        support: real,
        lists: wp.array2d(dtype=wp.int32),
        counts: wp.array(dtype=wp.int32),
    ):
        i = wp.hash_grid_point_id(grid, wp.tid())
        p = points[i]
        n = wp.int32(0)
        limit = support * support
        for j in wp.hash_grid_query(grid, p, support):
            e = p - points[j]
            dx = wrapped(e[0])
            dy = wrapped(e[1])
            if dx * dx + dy * dy < limit and n < 40 and i != j:
                lists[i, n] = j
                n += 1
        counts[i] = n

    @wp.kernel(module="unique")
    def density(
        x: wp.array(dtype=vec),
        lists: wp.array2d(dtype=wp.int32),
        counts: wp.array(dtype=wp.int32),
        inverse_h: real,
        scale: real,
        rho: wp.array(dtype=real),
    ):
        i = wp.tid()
        p = x[i]
        total = real(66.0)
        for k in range(counts[i]):
            e = p - x[lists[i, k]]
            dx = wrapped(e[0])
            dy = wrapped(e[1])
            total += spline(wp.sqrt(dx * dx + dy * dy) * inverse_h)
        rho[i] = total * scale

    @wp.kernel(module="unique")
    def advance(
        x: wp.array(dtype=vec),
        v: wp.array(dtype=vec),
        rho: wp.array(dtype=real),
        lists: wp.array2d(dtype=wp.int32),
        counts: wp.array(dtype=wp.int32),
        inverse_h: real,
        scale: real,
        stiffness: real,
        viscosity: real,
        dt: real,
        next_x: wp.array(dtype=vec),
        next_v: wp.array(dtype=vec),
    ):
        i = wp.tid()
        p = x[i]
        vi = v[i]
        ri = rho[i]
        pi = stiffness * (ri - real(1.0))
        inverse_i = real(1.0) / (ri * ri)
        ax = real(0.0)
        ay = real(0.0)
        for k in range(counts[i]):
            j = lists[i, k]
            e = p - x[j]
            dx = wrapped(e[0])
            dy = wrapped(e[1])
            r = wp.sqrt(dx * dx + dy * dy)
            rj = rho[j]
            sum = ri + rj
            pt = (rj * pi + ri * stiffness * (rj - real(1.0))) / sum
            et = real(2.0) * viscosity * ri * rj / sum
            c = (inverse_i + real(1.0) / (rj * rj)) * scale * spline_slope(r * inverse_h) / (r + real(1.0e-9))
            w = vi - v[j]
            ax += c * (et * w[0] - pt * dx)
            ay += c * (et * w[1] - pt * dy)
        u = vi + dt * vec(ax, ay)
        next_v[i] = u
        y = p + dt * u
        next_x[i] = vec(y[0] - wp.floor(y[0]), y[1] - wp.floor(y[1]))

    @wp.kernel(enable_backward=False, module="unique")
    def lift(x: wp.array(dtype=vec), points: wp.array(dtype=point)):
        i = wp.tid()
        points[i] = point(x[i][0], x[i][1], real(0.0))

    @wp.kernel(module="unique")
    def kinetic(v: wp.array(dtype=vec), mass: real, energy: wp.array(dtype=wp.float64)):
        wp.atomic_add(energy, 0, wp.float64(real(0.5) * mass * wp.dot(v[wp.tid()], v[wp.tid()])))

    return find, density, advance, lift, kinetic


class Simulation:
    """Tuning: `cell`, the width of a grid cell in supports; `fast-math`, yes or no."""

    def __init__(self, case, double, threads, tuning):
        wp.init()
        self.case = case
        self.real, self.vec, self.point = (
            (wp.float64, wp.vec2d, wp.vec3d) if double else (wp.float32, wp.vec2f, wp.vec3f)
        )
        wp.config.fast_math = tuning.get("fast-math", "yes") == "yes"
        width = float(tuning.get("cell", "1")) * case.support
        self.cells = max(1, int(1 / width + 1e-9))
        self.width = 1 / self.cells
        self.kernels = make_kernels(self.real, self.vec, self.point, self.width)
        self.initial_x = self.array(case.positions)
        self.initial_v = self.array(case.velocities)
        self.points = wp.zeros(case.count, dtype=self.point, device="cpu")
        self.grid = wp.HashGrid(self.cells, self.cells, 1, device="cpu", dtype=self.real)
        self.grid.reserve(case.count)
        self.states = [self.fresh(False) for _ in range(2)]
        self.lists = self.fresh_lists()

    def array(self, values, gradient=False):
        return wp.array(values, dtype=self.vec, device="cpu", requires_grad=gradient)

    def fresh(self, gradient):
        """Density of a state, and positions and velocities of the next."""
        make = {"device": "cpu", "requires_grad": gradient}
        count = self.case.count
        return wp.zeros(count, dtype=self.real, **make), wp.zeros(count, dtype=self.vec, **make), wp.zeros(
            count, dtype=self.vec, **make)

    def fresh_lists(self):
        count = self.case.count
        return wp.zeros((count, CAPACITY), dtype=wp.int32, device="cpu"), wp.zeros(count, dtype=wp.int32, device="cpu")

    def step(self, x, v, lists, state):
        find, density, advance, lift, _ = self.kernels
        case = self.case
        rho, next_x, next_v = state
        count = case.count
        wp.launch(lift, count, [x, self.points], device="cpu", record_tape=False)
        self.grid.build(self.points, self.width)
        wp.launch(find, count, [self.grid.id, self.points, case.support, *lists], device="cpu", record_tape=False)
        inverse_h = 1 / case.spacing
        wp.launch(density, count, [x, *lists, inverse_h, case.kernel_scale * case.mass], [rho], device="cpu")
        # (V_i^2 + V_j^2)/mass = mass (1/rho_i^2 + 1/rho_j^2)
        scale = case.kernel_scale * inverse_h * case.mass
        wp.launch(
            advance, count,
            [x, v, rho, *lists, inverse_h, scale, case.stiffness, case.viscosity, case.step], [next_x, next_v],
            device="cpu",
        )
        return next_x, next_v

    def kinetic(self, v, gradient=False):
        energy = wp.zeros(1, dtype=wp.float64, device="cpu", requires_grad=gradient)
        wp.launch(self.kernels[-1], self.case.count, [v, self.case.mass], [energy], device="cpu")
        return energy

    def forward(self):
        x, v = self.initial_x, self.initial_v
        for number in range(self.case.steps):
            x, v = self.step(x, v, self.lists, self.states[number % 2])
        return float(self.kinetic(v).numpy()[0])

    def prepare_gradient(self):
        """The backward kernels are in the modules that the forward run has loaded; nothing is left to compile."""

    def gradient(self):
        """Every step's state and neighbour list stay in memory; the tape walks back over them."""
        first = self.array(self.case.velocities, gradient=True)
        x, v = self.array(self.case.positions, gradient=True), first
        with wp.Tape() as tape:
            for _ in range(self.case.steps):
                x, v = self.step(x, v, self.fresh_lists(), self.fresh(True))
            energy = self.kinetic(v, gradient=True)
        tape.backward(loss=energy)
        return float(energy.numpy()[0]), first.grad.numpy()
