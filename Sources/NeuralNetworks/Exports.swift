@_exported import FieldIO
@_exported import Tensors
