import Testing

@testable import DifferentiableCore
