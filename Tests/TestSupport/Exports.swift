@_exported import FiniteElements
@_exported import InverseDesign
