"""The server as the `tesseract-core` client from PyPI sees it."""

import numpy as np
import pytest

tesseract_core = pytest.importorskip("tesseract_core")


@pytest.fixture(scope="module")
def tesseract(server):
    return tesseract_core.Tesseract.from_url(server.url)


def test_health_and_endpoints(tesseract, server):
    assert tesseract.health() == {"status": "ok"}
    assert set(tesseract.available_endpoints) == {
        "apply", "jacobian", "jacobian_vector_product", "vector_jacobian_product", "abstract_eval", "health",
    }  # fmt: skip
    assert tesseract_core.Tesseract.from_url(f"{server.url}/mbb-beam").health() == {"status": "ok"}


@pytest.mark.parametrize("encoding", ["json", "json+base64"])
def test_apply(tesseract, beam, random_design, encoding):
    with_encoding = tesseract.with_encoding(output_format=encoding)
    result = with_encoding.apply({"density": random_design})
    values = beam.simulate(random_design)
    assert float(result["compliance"]) == pytest.approx(values.objective, rel=1e-12)
    assert result["volume_fraction"].shape == ()
    np.testing.assert_allclose(result["displacement"], values.state["displacement"], rtol=1e-10)


def test_derivatives(tesseract, beam, random_design):
    inputs = {"density": random_design}
    outputs = ["compliance", "volume_fraction"]
    jacobian = tesseract.jacobian(inputs, ["density"], outputs)
    _, expected = beam.jacobian(random_design)
    for row, name in enumerate(outputs):
        np.testing.assert_allclose(jacobian[name]["density"], expected[row], rtol=1e-9, atol=1e-12)
    rng = np.random.default_rng(4)
    d = rng.standard_normal(beam.size)
    seed = {"compliance": np.array(0.5), "displacement": rng.standard_normal(beam.state_blocks[1].shape)}
    forward = tesseract.jacobian_vector_product(inputs, ["density"], list(seed), {"density": d})
    back = tesseract.vector_jacobian_product(inputs, ["density"], list(seed), seed)["density"]
    assert back @ d == pytest.approx(sum((seed[name] * forward[name]).sum() for name in seed), rel=1e-6)


def test_abstract_eval(tesseract, beam):
    shapes = tesseract.abstract_eval({"density": {"shape": [beam.size], "dtype": "float64"}})
    assert shapes["compliance"] == {"shape": [], "dtype": "float64"}
    assert tuple(shapes["displacement"]["shape"]) == beam.state_blocks[1].shape


def test_bad_input_is_told(tesseract, random_design):
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="expected"):
        tesseract.apply({"density": random_design[:-1]})
    with pytest.raises(ValidationError, match="no such input"):
        tesseract.apply({"density": random_design, "thickness": random_design})
    with pytest.raises(ValidationError, match="outside its bounds"):
        tesseract.apply({"density": random_design + 1})
