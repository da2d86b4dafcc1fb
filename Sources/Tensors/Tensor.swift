@_exported import DifferentiableCore

/// A dense array of any number of dimensions, row-major (the last index runs fastest), with value semantics: storage is
/// shared until written.
///
/// Images are `[batch, height, width, channels]`, volumes `[batch, depth, height, width, channels]`, sequences
/// `[batch, length, channels]`: the channels of a place lie together, which is what convolutions read fastest.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extents, slowest first; empty for a single number.
  public private(set) var shape: [Int]
  var storage: TensorStorage<Scalar>

  /// Entries to be written by the caller, who must initialize every one.
  init(uninitialized shape: [Int], pool: TensorPool? = nil) {
    self.shape = shape
    storage = TensorStorage(count: shape.reduce(1, *), pool: pool)
  }

  /// - Parameters:
  ///   - elements: In row-major order.
  ///   - shape: Its product must be the number of elements.
  ///   - pool: Where the storage comes from.
  public init(_ elements: some Collection<Scalar>, shape: [Int], pool: TensorPool? = nil) {
    precondition(shape.reduce(1, *) == elements.count, "\(elements.count) elements do not fill the shape \(shape)")
    self.init(uninitialized: shape, pool: pool)
    _ = UnsafeMutableBufferPointer(start: storage.pointer, count: elements.count).initialize(from: elements)
  }

  public init(repeating value: Scalar, shape: [Int], pool: TensorPool? = nil) {
    self.init(uninitialized: shape, pool: pool)
    storage.pointer.initialize(repeating: value, count: count)
  }

  public init(zeros shape: [Int], pool: TensorPool? = nil) { self.init(repeating: 0, shape: shape, pool: pool) }

  /// A vector as a tensor of one dimension, or of the shape given.
  public init(_ vector: DenseVector, shape: [Int]? = nil) {
    self.init(vector.elements.map { Scalar($0) }, shape: shape ?? [vector.count])
  }

  /// Independent numbers of the normal distribution with mean zero and deviation one.
  public init(normal shape: [Int], using generator: inout SeededGenerator) {
    let count = shape.reduce(1, *)
    self.init((0..<count).map { _ in Scalar(generator.normal()) }, shape: shape)
  }

  public var count: Int { shape.reduce(1, *) }
  public var rank: Int { shape.count }
  /// The entries, in order.
  public var elements: [Scalar] { withUnsafeBufferPointer { Array($0) } }
  public var vector: DenseVector { DenseVector(elements.map { Double($0) }) }

  public subscript(index: Int) -> Scalar {
    get {
      precondition(index >= 0 && index < count, "index \(index) of \(count)")
      return storage.pointer[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) of \(count)")
      makeUnique()
      storage.pointer[index] = newValue
    }
  }

  /// The same entries under another shape.
  public func reshaped(to shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "\(self.shape) has no shape \(shape)")
    var result = self
    result.shape = shape
    return result
  }

  public func withUnsafeBufferPointer<R, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> R
  ) throws(Failure) -> R {
    let result = try body(UnsafeBufferPointer(start: storage.pointer, count: count))
    withExtendedLifetime(storage) {}
    return result
  }

  public mutating func withUnsafeMutableBufferPointer<R, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> R
  ) throws(Failure) -> R {
    makeUnique()
    let result = try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    withExtendedLifetime(storage) {}
    return result
  }

  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = TensorStorage<Scalar>(count: count, pool: storage.pool)
    copy.pointer.initialize(from: storage.pointer, count: count)
    storage = copy
  }

  /// True when every entry is finite.
  public var isFinite: Bool { withUnsafeBufferPointer { $0.allSatisfy(\.isFinite) } }
}

extension Tensor: Equatable {
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = withUnsafeBufferPointer { $0.prefix(8).map { "\($0)" } }.joined(separator: ", ")
    return "Tensor\(shape)[\(shown)\(count > 8 ? ", …" : "")]"
  }
}
