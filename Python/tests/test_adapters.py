"""Each adapter with the package that it is for; those that are not installed are skipped."""

import warnings

import numpy as np
import pytest


def check_beam(beam, design, factor=0.62):
    values = beam.simulate(np.clip(design, 0, 1))
    assert values.rows["volume-fraction"] < 0.5 + 1e-4
    assert values.objective < factor * beam.simulate().objective


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_scipy(beam, method):
    pytest.importorskip("scipy")
    from backsolve.adapters.scipy import minimize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        result = minimize(beam, method, maxiter=12 if method == "SLSQP" else 8)
    check_beam(beam, result.x, 0.75 if method == "SLSQP" else 0.95)


def test_scipy_without_constraints(drop):
    pytest.importorskip("scipy")
    from backsolve.adapters.scipy import minimize

    result = minimize(drop, "L-BFGS-B")
    assert result.success and result.fun < 1
    with pytest.raises(ValueError, match="takes no constraints"):
        from backsolve import Scene
        from conftest import BEAM, BEAM_SIZE

        minimize(Scene(BEAM, BEAM_SIZE), "L-BFGS-B")


@pytest.mark.parametrize("algorithm", ["LD_MMA", "LD_SLSQP"])
def test_nlopt(beam, algorithm):
    pytest.importorskip("nlopt")
    from backsolve.adapters.nlopt import minimize

    check_beam(beam, minimize(beam, algorithm, evaluations=20).design, 0.75)


def test_ipopt(beam):
    pytest.importorskip("cyipopt")
    from backsolve.adapters.ipopt import minimize

    design, info = minimize(beam, max_iter=30, print_level=0)
    check_beam(beam, design, 0.75)


def test_torch(beam):
    torch = pytest.importorskip("torch")
    from backsolve.adapters.torch import evaluate

    x = torch.full((beam.size,), 0.5, dtype=torch.float64, requires_grad=True)
    out = evaluate(beam, x, ["compliance"])
    (2 * out["compliance"]).backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * beam.value_and_gradient(beam.start)[1])
    y = torch.full((beam.size,), 0.4, dtype=torch.float64, requires_grad=True)
    moved = evaluate(beam, y, ["displacement"])["displacement"]
    (moved**2).sum().backward()
    assert float((y.grad * 1e-3).sum()) < 0


def test_jax(beam):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    from backsolve.adapters.jax import function

    evaluate = function(beam, ["compliance", "displacement"])
    loss = jax.jit(lambda x: evaluate(x)["compliance"] + 1e3 * (evaluate(x)["displacement"] ** 2).sum())
    x = np.random.default_rng(0).uniform(0.4, 0.6, beam.size)
    gradient = np.array(jax.grad(loss)(x))
    state, pullback = beam.linearize(x)
    expected = pullback({"displacement": 2e3 * state["displacement"]}, {"compliance": 1.0})
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-12)


def test_openmdao(beam):
    om = pytest.importorskip("openmdao.api")
    from backsolve.adapters.openmdao import SceneComponent

    problem = om.Problem(reports=None)
    problem.model.add_subsystem("beam", SceneComponent(scene=beam), promotes=["*"])
    problem.setup()
    problem.set_val("density", np.random.default_rng(0).uniform(0.4, 0.6, beam.size))
    problem.run_model()
    data = problem.check_partials(out_stream=None, form="central", step=1e-4)
    for (of, wrt), partial in data["beam"].items():
        exact, difference = partial["J_fwd"], partial["J_fd"]
        assert np.linalg.norm(exact - difference) < 1e-5 * np.linalg.norm(exact), (of, wrt)


def test_pymoo(drop):
    pytest.importorskip("pymoo")
    from backsolve.adapters.pymoo import SceneProblem
    from pymoo.algorithms.soo.nonconvex.pso import PSO
    from pymoo.optimize import minimize

    result = minimize(SceneProblem(drop), PSO(pop_size=8), ("n_gen", 5), seed=1)
    assert result.F[0] < drop.value(drop.start)


def test_cma(drop):
    pytest.importorskip("cma")
    from backsolve.adapters.cma import minimize

    design, value, evaluations = minimize(drop, maxfevals=40, seed=1, verbose=-9)
    assert value < drop.value(drop.start) and evaluations <= 60


def test_nevergrad(drop):
    pytest.importorskip("nevergrad")
    from backsolve.adapters.nevergrad import minimize

    _, value = minimize(drop, "OnePlusOne", budget=30)
    assert value < drop.value(drop.start)


def test_botorch(drop):
    pytest.importorskip("botorch")
    from backsolve.adapters.botorch import minimize

    design, value, evaluations = minimize(drop, evaluations=12, initial=6)
    assert value < drop.value(drop.start) and 6 < evaluations <= 12


def test_botorch_with_constraints_on_two_grids():
    pytest.importorskip("botorch")
    from backsolve import Scene
    from backsolve.adapters.botorch import minimize_fidelities
    from conftest import FOIL

    coarse, fine = [Scene(FOIL, {"physics.airfoil.panels": n}) for n in (50, 100)]
    design, value, solves = minimize_fidelities([coarse, fine], [0.25, 1.0], budget=4, initial=[10, 4])
    found = fine.simulate(design)
    assert found.objective == value and found.rows["thickness"] >= 0.12 - 1e-9
    assert value < fine.value(fine.start)
    # The cheap grid does most of the work.
    assert solves[0] > solves[1] >= 5
