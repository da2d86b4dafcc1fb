/// The Euclidean norm of all entries, summed in double and in fixed blocks.
func norm(of x: Tensor<Float>) -> Double {
  x.withUnsafeBufferPointer { x in
    sumInBlocks(count: x.count) { range in
      var sum = 0.0
      for i in range { sum += Double(x[i]) * Double(x[i]) }
      return sum
    }.squareRoot()
  }
}

func distance(_ x: Tensor<Float>, _ y: Tensor<Float>) -> Double {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      sumInBlocks(count: x.count) { range in
        var sum = 0.0
        for i in range {
          let d = Double(x[i]) - Double(y[i])
          sum += d * d
        }
        return sum
      }.squareRoot()
    }
  }
}
