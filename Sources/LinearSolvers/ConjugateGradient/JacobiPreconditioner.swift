/// Division by the diagonal. Cheap, parallel, and slow to converge on fine meshes.
public struct JacobiPreconditioner<Operator: LinearOperator>: PreconditionerFactory {
  /// The inverse diagonal of one operator.
  public struct Prepared: Preconditioner {
    let inverseDiagonal: DenseVector

    public var work: PreconditionerWork {
      PreconditionerWork(preparation: 0, application: Double(inverseDiagonal.count))
    }

    public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
      let shared = UncheckedShared((r: r, z: z))
      inverseDiagonal.withUnsafeBufferPointer { d in
        let d = UncheckedShared(d.baseAddress!)
        concurrentlyForEach(count: inverseDiagonal.count) { range in
          let r = shared.value.r, z = shared.value.z, d = d.value
          for i in range { z[i] = d[i] * r[i] }
        }
      }
    }
  }

  public let name = "jacobi"
  public init() {}

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    var inverse = a.diagonal()
    for i in inverse.indices {
      guard inverse[i] > 0, inverse[i].isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(inverse[i]), not a positive number")
      }
      inverse[i] = 1 / inverse[i]
    }
    return Prepared(inverseDiagonal: inverse)
  }
}
