import Testing

@testable import FiniteElements
