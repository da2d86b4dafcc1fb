import Testing

@testable import InverseDesign
