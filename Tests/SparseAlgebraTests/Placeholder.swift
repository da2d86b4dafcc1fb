import Testing

@testable import SparseAlgebra
