"""The Taylor-Green case with Taichi on the processor (LLVM): particles sorted into cells every step, rows of three cells.

Cells are as wide as the support or a little wider. A counting sort moves positions and velocities into cell order, so that
the three neighbouring cells of a row lie behind each other in memory; the box is periodic by a row's two ends.
"""

import taichi as ti

CAPACITY = 40  # neighbours a particle can have: 29 on the lattice


@ti.data_oriented
class Simulation:
    """Tuning: `lists`, yes to note the neighbours of the density pass for the force pass; `block`, the block size."""

    def __init__(self, case, double, threads, tuning):
        real = ti.f64 if double else ti.f32
        ti.init(
            arch=ti.cpu, cpu_max_num_threads=threads, default_fp=real, default_ip=ti.i32, fast_math=True,
            log_level=ti.WARN, offline_cache=False,
        )
        self.case = case
        self.lists = tuning.get("lists", "yes") == "yes"
        self.block = int(tuning.get("block", "1024"))
        self.count = case.count
        self.cells = int(1 / case.support + 1e-9)
        self.x, self.v = (ti.Vector.field(2, real, case.count) for _ in range(2))
        self.next_x, self.next_v = (ti.Vector.field(2, real, case.count) for _ in range(2))
        self.rho = ti.field(real, case.count)
        self.cell = ti.field(ti.i32, case.count)
        # A cell's particles are start[cell] ..< start[cell + 1]; `cursor` is where the next one goes.
        self.start = ti.field(ti.i32, self.cells**2 + 1)
        self.cursor = ti.field(ti.i32, self.cells**2)
        if self.lists:
            self.near = ti.field(ti.i32, (case.count, CAPACITY))
            self.near_count = ti.field(ti.i32, case.count)
        numpy_real = "float64" if double else "float32"
        self.initial = case.positions.astype(numpy_real), case.velocities.astype(numpy_real)

    @ti.func
    def spline(self, q):
        a = ti.max(0.0, 3.0 - q)
        b = ti.max(0.0, 2.0 - q)
        c = ti.max(0.0, 1.0 - q)
        a2 = a * a
        b2 = b * b
        c2 = c * c
        return a2 * a2 * a - 6.0 * b2 * b2 * b + 15.0 * c2 * c2 * c

    @ti.func
    def spline_slope(self, q):
        a = ti.max(0.0, 3.0 - q)
        b = ti.max(0.0, 2.0 - q)
        c = ti.max(0.0, 1.0 - q)
        a2 = a * a
        b2 = b * b
        c2 = c * c
        return -5.0 * a2 * a2 + 30.0 * b2 * b2 - 75.0 * c2 * c2

    @ti.func
    def wrapped(self, e):
        return e - ti.floor(e + 0.5)

    @ti.func
    def place(self, p):
        return ti.min(self.cells - 1, ti.cast(p * self.cells, ti.i32))

    @ti.kernel
    def sort(self):
        for c in self.cursor:
            self.cursor[c] = 0
        for i in self.x:
            g = self.place(self.x[i])
            c = g[1] * self.cells + g[0]
            self.cell[i] = c
            ti.atomic_add(self.cursor[c], 1)
        ti.loop_config(serialize=True)
        for c in range(self.cells * self.cells):
            n = self.cursor[c]
            self.cursor[c] = self.start[c]
            self.start[c + 1] = self.start[c] + n
        ti.loop_config(serialize=True)
        for i in range(self.count):
            c = self.cell[i]
            k = self.cursor[c]
            self.cursor[c] = k + 1
            self.next_x[k] = self.x[i]
            self.next_v[k] = self.v[i]

    @ti.func
    def span(self, g, row, part):
        """Particles of three cells of a row: one span, or two where the row meets an end of the box."""
        y = g[1] + row
        y = (y + self.cells) % self.cells
        first = g[0] - 1
        last = g[0] + 1
        if part == 0:
            first = ti.max(first, 0)
            last = ti.min(last, self.cells - 1)
        elif first < 0:
            first = self.cells - 1
            last = first
        elif last >= self.cells:
            first = 0
            last = 0
        else:
            last = first - 1
        base = y * self.cells
        return ti.Vector([self.start[base + first], self.start[base + last + 1]])

    @ti.kernel
    def density(self):
        ti.loop_config(block_dim=self.block)
        for i in range(self.count):
            p = self.next_x[i]
            g = self.place(p)
            total = 66.0
            n = 0
            for row in range(-1, 2):
                for part in range(2):
                    s = self.span(g, row, part)
                    for j in range(s[0], s[1]):
                        e = self.wrapped(p - self.next_x[j])
                        d = e.norm_sqr()
                        if d < self.case.support**2 and i != j:
                            total += self.spline(ti.sqrt(d) / self.case.spacing)
                            if ti.static(self.lists):
                                self.near[i, n] = j
                                n += 1
            self.rho[i] = total * self.case.kernel_scale * self.case.mass
            if ti.static(self.lists):
                self.near_count[i] = n

    @ti.func
    def pair(self, e, d, w, ri, rj):
        """Acceleration of a particle by another without the mass and the kernel's scale."""
        r = ti.sqrt(d)
        both = ri + rj
        k = self.case.stiffness
        pt = (rj * k * (ri - 1.0) + ri * k * (rj - 1.0)) / both
        et = 2.0 * self.case.viscosity * ri * rj / both
        c = (1.0 / (ri * ri) + 1.0 / (rj * rj)) * self.spline_slope(r / self.case.spacing) / (r + 1e-9)
        return c * (et * w - pt * e)

    @ti.kernel
    def advance(self):
        ti.loop_config(block_dim=self.block)
        for i in range(self.count):
            p = self.next_x[i]
            v = self.next_v[i]
            ri = self.rho[i]
            a = p * 0.0
            if ti.static(self.lists):
                for k in range(self.near_count[i]):
                    j = self.near[i, k]
                    e = self.wrapped(p - self.next_x[j])
                    a += self.pair(e, e.norm_sqr(), v - self.next_v[j], ri, self.rho[j])
            else:
                g = self.place(p)
                for row in range(-1, 2):
                    for part in range(2):
                        s = self.span(g, row, part)
                        for j in range(s[0], s[1]):
                            e = self.wrapped(p - self.next_x[j])
                            d = e.norm_sqr()
                            if d < self.case.support**2 and i != j:
                                a += self.pair(e, d, v - self.next_v[j], ri, self.rho[j])
            u = v + self.case.step * self.case.kernel_scale / self.case.spacing * self.case.mass * a
            self.v[i] = u
            y = p + self.case.step * u
            self.x[i] = y - ti.floor(y)

    @ti.kernel
    def kinetic(self) -> ti.f64:
        total = ti.cast(0.0, ti.f64)
        for i in self.v:
            total += ti.cast(self.v[i].norm_sqr(), ti.f64)
        return total * 0.5 * self.case.mass

    def forward(self):
        self.x.from_numpy(self.initial[0])
        self.v.from_numpy(self.initial[1])
        for _ in range(self.case.steps):
            self.sort()
            self.density()
            self.advance()
        return self.kinetic()
