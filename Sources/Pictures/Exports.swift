@_exported import FieldIO
