"""What the tests share: small scenes, and a server of them.

BACKSOLVE_COMMAND names the command, BACKSOLVE_LIBRARY the shared library; `Scripts/test-python` sets both.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python" / "src"))

BEAM = str(ROOT / "Scenes" / "Structures" / "mbb-beam.yaml")
BEAM_SIZE = ["domain.grid.cells=[24, 8]", "design.density.filter.cone.radius=20 cm"]
DROP = str(ROOT / "Scenes" / "Fluids" / "throw-a-drop.yaml")
# Of fixed steps of time, so that differences know what gradients know; of few particles.
DROP_SIZE = [
    "physics.smoothed-particles.spacing=4 cm",
    "physics.smoothed-particles.time.time-step=0.5 ms",
    "physics.smoothed-particles.time.end=10 ms",
]
FOIL = str(ROOT / "Scenes" / "Airfoils" / "naca-digits.yaml")
HEAT = str(ROOT / "Scenes" / "Heat" / "volume-to-point.yaml")


def command() -> str:
    given = os.environ.get("BACKSOLVE_COMMAND")
    if given:
        return given
    for kind in ("release", "debug"):
        path = ROOT / ".build" / kind / "backsolve"
        if path.is_file():
            return str(path)
    pytest.skip("no backsolve command; build it or set BACKSOLVE_COMMAND")


class Server:
    def __init__(self, *arguments: str, environment: dict | None = None) -> None:
        self.process = subprocess.Popen(
            [command(), "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening on (http://\S+)\n", line)
        assert match, f"the server said {line!r}"
        self.url = match.group(1)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture(scope="session")
def beam():
    import backsolve

    return backsolve.Scene(BEAM, BEAM_SIZE)


@pytest.fixture(scope="session")
def drop():
    import backsolve

    return backsolve.Scene(DROP, DROP_SIZE)


@pytest.fixture(scope="session")
def server():
    server = Server(BEAM, "--port", "0", *[text for size in BEAM_SIZE for text in ("--set", size)])
    yield server
    assert server.stop() == 0


@pytest.fixture
def random_design(beam):
    return np.random.default_rng(1).uniform(0.3, 0.7, beam.size)
