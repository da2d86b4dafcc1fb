"""OpenMDAO: a scene as an `ExplicitComponent` with exact partials."""

from __future__ import annotations

from typing import Any

import numpy as np
import openmdao.api as om

from .._scene import Scene


def variable(name: str) -> str:
    """A scene's name as a variable of OpenMDAO: ``volume-fraction`` is ``volume_fraction``."""
    return "".join(character if character.isalnum() else "_" for character in name)


class SceneComponent(om.ExplicitComponent):
    """Inputs are the blocks of the design, outputs the rows.

    >>> problem.model.add_subsystem("beam", SceneComponent(scene=scene))
    """

    def initialize(self) -> None:
        self.options.declare("scene", types=Scene, recordable=False)

    def setup(self) -> None:
        scene: Scene = self.options["scene"]
        for name, start in scene.split_design(scene.start).items():
            self.add_input(variable(name), val=start)
        for row in scene.rows:
            self.add_output(variable(row.name), val=0.0)
        self.declare_partials("*", "*")

    def compute(self, inputs: Any, outputs: Any, *_: Any) -> None:
        scene: Scene = self.options["scene"]
        _, values = scene.row_values(self._design(inputs))
        for row, value in zip(scene.rows, values):
            outputs[variable(row.name)] = value

    def compute_partials(self, inputs: Any, partials: Any, *_: Any) -> None:
        scene: Scene = self.options["scene"]
        _, jacobian = scene.jacobian(self._design(inputs))
        for row, gradient in zip(scene.rows, jacobian):
            start = 0
            for block in scene.design_blocks:
                partials[variable(row.name), variable(block.name)] = gradient[None, start : start + block.size]
                start += block.size

    def _design(self, inputs: Any) -> np.ndarray:
        scene: Scene = self.options["scene"]
        return np.concatenate([np.ravel(inputs[variable(block.name)]) for block in scene.design_blocks])
