@_exported import Aerodynamics
@_exported import Scenes
@_exported import FiniteElements
@_exported import InverseDesign
@_exported import SmoothedParticles
