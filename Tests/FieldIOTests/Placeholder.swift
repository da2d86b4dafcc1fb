import Testing

@testable import FieldIO
