@_exported import InverseDesign
@_exported import NeuralNetworks
