extension GridHierarchy {
  /// Whether the cycle M⁻¹ looks symmetric and positive on two random vectors, to single precision.
  func cycleIsSymmetricPositive() -> Bool {
    let fine = levels[0]
    let size = fine.layout.nodalSize
    var generator = SeededGenerator(seed: 1)
    func random() -> AlignedBuffer<Float> {
      let vector = AlignedBuffer<Float>(count: size)
      for index in 0..<fine.layout.unknownCount {
        vector.pointer[fine.layout.offset(ofUnknown: index)] = Float(generator.uniform() - 0.5)
      }
      fine.zeroConstrained(vector.pointer)
      return vector
    }
    func image(_ vector: AlignedBuffer<Float>) -> AlignedBuffer<Float> {
      fine.right.pointer.update(from: vector.pointer, count: size)
      cycle()
      let image = AlignedBuffer<Float>(count: size)
      image.pointer.update(from: fine.iterate.pointer, count: size)
      return image
    }
    func dot(_ a: AlignedBuffer<Float>, _ b: AlignedBuffer<Float>) -> Double {
      (0..<size).reduce(0) { $0 + Double(a.pointer[$1]) * Double(b.pointer[$1]) }
    }
    let (a, b) = (random(), random())
    let (imageOfA, imageOfB) = (image(a), image(b))
    let (aa, bb) = (dot(a, imageOfA), dot(b, imageOfB))
    guard aa > 0, bb > 0, aa.isFinite, bb.isFinite else { return false }
    return abs(dot(a, imageOfB) - dot(b, imageOfA)) <= 1e-3 * (aa * bb).squareRoot()
  }
}
