"""The server as the `umbridge` client from PyPI sees it."""

import numpy as np
import pytest
import requests

umbridge = pytest.importorskip("umbridge")


@pytest.fixture(scope="module")
def model(server):
    return umbridge.HTTPModel(server.url, "mbb-beam")


def test_sizes_and_support(server, model, beam):
    assert umbridge.supported_models(server.url) == ["mbb-beam"]
    assert model.get_input_sizes() == [beam.size]
    assert model.get_output_sizes() == [1, 1]
    assert all(isinstance(size, int) for size in model.get_input_sizes() + model.get_output_sizes())
    assert model.supports_evaluate() and model.supports_gradient()
    assert model.supports_apply_jacobian() and model.supports_apply_hessian()


def test_values_are_those_of_the_library(model, beam, random_design):
    (compliance,), (volume,) = model([random_design.tolist()])
    values = beam.simulate(random_design)
    assert [compliance, volume] == pytest.approx(list(values.rows.values()), rel=1e-12)


def test_gradient_jacobian_and_hessian_agree(model, random_design):
    x = [random_design.tolist()]
    d = np.random.default_rng(2).standard_normal(random_design.size)
    gradient = np.array(model.gradient(0, 0, x, [2.0]))
    (change,) = model.apply_jacobian(0, 0, x, d.tolist())
    assert gradient @ d == pytest.approx(2 * change, rel=1e-8)
    h = 1e-4
    ahead, behind = (model([(random_design + s * h * d).tolist()])[0][0] for s in (1, -1))
    assert change == pytest.approx((ahead - behind) / (2 * h), rel=1e-5)
    product = np.array(model.apply_hessian(0, 0, 0, x, [1.0], d.tolist()))
    slopes = [np.array(model.gradient(0, 0, [(random_design + s * 1e-5 * d).tolist()], [1.0])) for s in (1, -1)]
    difference = (slopes[0] - slopes[1]) / 2e-5
    assert np.linalg.norm(product - difference) < 1e-4 * np.linalg.norm(product)


def test_named_state(model, beam, random_design):
    config = {"outputs": ["displacement", "compliance"]}
    size = beam.state_blocks[1].size
    assert model.get_output_sizes(config) == [size, 1]
    x = [random_design.tolist()]
    displacement, _ = model(x, config)
    assert displacement == pytest.approx(beam.simulate(random_design).state["displacement"].ravel().tolist(), rel=1e-12)
    rng = np.random.default_rng(3)
    d, seed = rng.standard_normal(beam.size), rng.standard_normal(size)
    back = np.array(model.gradient(0, 0, x, seed.tolist(), config)) @ d
    forward = np.array(model.apply_jacobian(0, 0, x, d.tolist(), config)) @ seed
    assert back == pytest.approx(forward, rel=1e-6)


def test_errors(server, model, random_design):
    with pytest.raises(Exception, match="InvalidInput"):
        model([random_design[:-1].tolist()])
    with pytest.raises(Exception, match="InvalidInput"):
        model([(random_design + 1).tolist()])
    with pytest.raises(Exception, match="InvalidInput"):
        model.gradient(7, 0, [random_design.tolist()], [1.0])
    answer = requests.post(f"{server.url}/Evaluate", json={"name": "nobody", "input": []})
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"] and answer.json()["error"]["type"] == "ModelNotFound"
