import Testing

@testable import LinearSolvers
