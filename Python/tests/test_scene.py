"""The package's own classes, on a structure and on particles."""

import threading

import backsolve
import numpy as np
import pytest
from conftest import BEAM, BEAM_SIZE, DROP, DROP_SIZE


@pytest.fixture(params=["beam", "drop"])
def scene(request):
    return request.getfixturevalue(request.param)


def inside(scene, seed=0):
    return scene.lower + (scene.upper - scene.lower) * np.random.default_rng(seed).uniform(0.35, 0.65, scene.size)


def test_description(beam, drop):
    assert beam.size == 192 and [row.name for row in beam.rows] == ["compliance", "volume-fraction"]
    assert [(c.name, c.bound, c.at_most) for c in beam.constraints] == [("volume-fraction", 0.5, True)]
    assert [(b.name, b.shape, b.unit) for b in beam.state_blocks] == [
        ("physical-density", (192,), "1"),
        ("displacement", (225, 2), "m"),
    ]
    assert drop.design_blocks[0] == backsolve.Block("velocity", (1, 2), "m/s")
    assert drop.state_blocks[0].name == "position"
    assert (beam.lower == 0).all() and (beam.upper == 1).all()


def test_gradient_against_differences(scene):
    x = inside(scene)
    d = np.random.default_rng(1).standard_normal(scene.size)
    value, gradient = scene.value_and_gradient(x)
    remainders = [abs(scene.value(x + h * d) - value - h * gradient @ d) for h in (2e-2, 1e-2)]
    assert remainders[0] / remainders[1] > 3.7 or remainders[0] < 1e-10 * abs(value)


def test_jacobian_rows_are_gradients(scene):
    x = inside(scene)
    values, jacobian = scene.jacobian(x)
    _, pullback = scene.linearize(x)
    for k, row in enumerate(scene.rows):
        np.testing.assert_array_equal(jacobian[k], pullback(rows={row.name: 1.0}))
    assert pullback.rows == dict(zip((row.name for row in scene.rows), values))


def test_adjoint_identity_of_the_state(scene):
    x = inside(scene)
    rng = np.random.default_rng(2)
    d = rng.standard_normal(scene.size)
    state, pullback = scene.linearize(x)
    seed = {name: rng.standard_normal(values.shape) for name, values in state.items()}
    rows, change = pullback.pushforward(d)
    forward = sum((seed[name] * change[name]).sum() for name in seed)
    scale = sum(np.linalg.norm(seed[name]) * np.linalg.norm(change[name]) for name in seed)
    assert abs(pullback(seed) @ d - forward) < 1e-6 * scale
    assert pullback(rows=[1.0] * len(rows)) @ d == pytest.approx(sum(rows.values()), rel=1e-7, abs=1e-12)


def test_own_objective_over_the_state(drop):
    """The mean height of the particles at the end, an objective that the scene knows nothing of."""

    def objective(x):
        state, pullback = drop.linearize(x)
        height = state["position"][:, 1]
        seed = np.zeros_like(state["position"])
        seed[:, 1] = 1 / height.size
        return height.mean(), pullback({"position": seed})

    x = inside(drop)
    value, gradient = objective(x)
    h = 1e-3
    for k in range(drop.size):
        e = np.eye(drop.size)[k]
        assert gradient[k] == pytest.approx((objective(x + h * e)[0] - objective(x - h * e)[0]) / (2 * h), rel=1e-4, abs=1e-7)
    # Thrown upward, it is higher by the time it flew.
    assert gradient[1] == pytest.approx(0.01, rel=0.05)


def test_hessian_vector(beam):
    x = inside(beam)
    a, b = np.random.default_rng(3).standard_normal((2, beam.size))
    product = beam.hessian_vector(x, a)
    assert product @ b == pytest.approx(beam.hessian_vector(x, b) @ a, rel=1e-3, abs=1e-5 * np.linalg.norm(product) * np.linalg.norm(b))


def test_simulate_and_optimize(beam):
    values = beam.simulate()
    assert values.objective == values.rows["compliance"]
    assert values.state["displacement"].shape == (225, 2)
    told = []
    result = beam.optimize(lambda *row: told.append(row))
    assert len(told) == result.iterations and [row[0] for row in told] == list(range(1, len(told) + 1))
    assert result.objective < 0.6 * values.objective
    assert result.rows["volume-fraction"] == pytest.approx(0.5, abs=2e-3)
    assert beam.optimize(lambda k, *_: k == 2).iterations == 3
    with pytest.raises(ZeroDivisionError):
        beam.optimize(lambda *_: 1 / 0)


def test_mistakes(beam):
    with pytest.raises(backsolve.InvalidInput, match="is not a finite number"):
        beam.value(np.full(beam.size, np.nan))
    with pytest.raises(backsolve.InvalidInput, match="outside its bounds"):
        beam.value(np.full(beam.size, 1.1))
    with pytest.raises(ValueError, match="expected 192"):
        beam.value(np.zeros(3))
    with pytest.raises(backsolve.InvalidInput, match="no file"):
        backsolve.Scene("nothing.yaml")
    with pytest.raises(backsolve.InvalidInput, match="domain.grid.cells"):
        backsolve.Scene(BEAM, {"domain.grid.cells": "many"})
    _, pullback = beam.linearize(beam.start)
    with pytest.raises(KeyError, match="no state"):
        pullback({"velocity": np.zeros(3)})
    pullback.close()
    with pytest.raises(backsolve.InvalidInput, match="no open linearization"):
        pullback(rows=[1.0, 0.0])


def test_threads(beam):
    points = [inside(beam, seed) for seed in range(4)]
    expected = [beam.value_and_gradient(x)[1] for x in points]
    wrong = []

    def work(k):
        for _ in range(5):
            if not np.array_equal(beam.value_and_gradient(points[k])[1], expected[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_cancel():
    # Without gravity the drop stays where it is: on no machine does it leave the domain before it is cancelled.
    rest = ["physics.smoothed-particles.time.end=100 s", "physics.smoothed-particles.gravity=[0, 0]"]
    scene = backsolve.Scene(DROP, rest)
    timer = threading.Timer(0.5, scene.cancel)
    timer.start()
    with pytest.raises(backsolve.Cancelled):
        scene.value(scene.start)
    assert backsolve.Scene(DROP, DROP_SIZE).value(scene.start) > 0


def test_overrides_may_be_a_mapping():
    a = backsolve.Scene(BEAM, BEAM_SIZE)
    b = backsolve.Scene(BEAM, {"domain.grid.cells": [24, 8], "design.density.filter.cone.radius": "20 cm"})
    assert a.value(a.start) == b.value(b.start)
