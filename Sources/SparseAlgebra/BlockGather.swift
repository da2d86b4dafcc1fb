// The inner loops of `CellwiseAssembler`: one for each number of components, so that a block stays in registers.

/// Everything the loops read, as pointers.
struct GatherPointers {
  let blockStarts: UnsafePointer<Int32>
  let contributionStarts: UnsafePointer<Int32>
  let contributions: UnsafePointer<BlockGatherPlan.Contribution>
  let columnStarts: UnsafePointer<Int32>
  let rows: UnsafePointer<Int32>
  let blocks: UnsafePointer<Double>
  let coefficients: UnsafePointer<Double>
}

extension BlockGatherPlan {
  func withPointers<Result>(
    _ pattern: SparsePattern, _ matrices: CellMatrices, _ coefficients: DenseVector,
    _ body: (GatherPointers) -> Result
  ) -> Result {
    blockStarts.withUnsafeBufferPointer { blockStarts in
      contributionStarts.withUnsafeBufferPointer { contributionStarts in
        contributions.withUnsafeBufferPointer { contributions in
          pattern.columnStarts.withUnsafeBufferPointer { columnStarts in
            pattern.rows.withUnsafeBufferPointer { rows in
              matrices.blocks.withUnsafeBufferPointer { blocks in
                coefficients.withUnsafeBufferPointer { coefficients in
                  body(
                    GatherPointers(
                      blockStarts: blockStarts.baseAddress!, contributionStarts: contributionStarts.baseAddress!,
                      contributions: contributions.baseAddress!, columnStarts: columnStarts.baseAddress!,
                      rows: rows.baseAddress!, blocks: blocks.baseAddress!, coefficients: coefficients.baseAddress!))
                }
              }
            }
          }
        }
      }
    }
  }
}

func gatherScalars(_ nodes: Range<Int>, _ a: GatherPointers, _ values: UnsafeMutablePointer<Double>) {
  // With one component, a block is an entry.
  var block = Int(a.blockStarts[nodes.lowerBound])
  let end = Int(a.blockStarts[nodes.upperBound])
  var k = Int(a.contributionStarts[block])
  while block < end {
    let last = Int(a.contributionStarts[block &+ 1])
    var sum = 0.0
    while k < last {
      let contribution = a.contributions[k]
      sum += a.coefficients[Int(contribution.cell)] * a.blocks[Int(contribution.block)]
      k &+= 1
    }
    values[block] = sum
    block &+= 1
  }
}

func gatherPairs(_ nodes: Range<Int>, _ a: GatherPointers, _ values: UnsafeMutablePointer<Double>) {
  var node = nodes.lowerBound
  var k = Int(a.contributionStarts[Int(a.blockStarts[node])])
  while node < nodes.upperBound {
    var block = Int(a.blockStarts[node])
    let end = Int(a.blockStarts[node &+ 1])
    var column0 = values + Int(a.columnStarts[2 &* node])
    var column1 = values + Int(a.columnStarts[2 &* node &+ 1])
    var isDiagonal = true
    while block < end {
      let last = Int(a.contributionStarts[block &+ 1])
      var sum = SIMD4<Double>.zero
      while k < last {
        let contribution = a.contributions[k]
        let matrix = UnsafeRawPointer(a.blocks + 4 &* Int(contribution.block)).loadUnaligned(as: SIMD4<Double>.self)
        sum += a.coefficients[Int(contribution.cell)] * matrix
        k &+= 1
      }
      column0[0] = sum[0]
      column0[1] = sum[1]
      column0 += 2
      if isDiagonal {
        column1[0] = sum[3]
        column1 += 1
        isDiagonal = false
      } else {
        column1[0] = sum[2]
        column1[1] = sum[3]
        column1 += 2
      }
      block &+= 1
    }
    node &+= 1
  }
}

func gatherTriples(_ nodes: Range<Int>, _ a: GatherPointers, _ values: UnsafeMutablePointer<Double>) {
  var node = nodes.lowerBound
  var k = Int(a.contributionStarts[Int(a.blockStarts[node])])
  while node < nodes.upperBound {
    var block = Int(a.blockStarts[node])
    let end = Int(a.blockStarts[node &+ 1])
    var column0 = values + Int(a.columnStarts[3 &* node])
    var column1 = values + Int(a.columnStarts[3 &* node &+ 1])
    var column2 = values + Int(a.columnStarts[3 &* node &+ 2])
    var isDiagonal = true
    while block < end {
      let last = Int(a.contributionStarts[block &+ 1])
      var sum = SIMD8<Double>.zero
      var corner = 0.0
      while k < last {
        let contribution = a.contributions[k]
        let matrix = a.blocks + 9 &* Int(contribution.block)
        let coefficient = a.coefficients[Int(contribution.cell)]
        sum += coefficient * UnsafeRawPointer(matrix).loadUnaligned(as: SIMD8<Double>.self)
        corner += coefficient * matrix[8]
        k &+= 1
      }
      column0[0] = sum[0]
      column0[1] = sum[1]
      column0[2] = sum[2]
      column0 += 3
      if isDiagonal {
        column1[0] = sum[4]
        column1[1] = sum[5]
        column1 += 2
        column2[0] = corner
        column2 += 1
        isDiagonal = false
      } else {
        column1[0] = sum[3]
        column1[1] = sum[4]
        column1[2] = sum[5]
        column1 += 3
        column2[0] = sum[6]
        column2[1] = sum[7]
        column2[2] = corner
        column2 += 3
      }
      block &+= 1
    }
    node &+= 1
  }
}

/// Any number of components, entry by entry.
func gatherBlocks(_ nodes: Range<Int>, _ d: Int, _ a: GatherPointers, _ values: UnsafeMutablePointer<Double>) {
  for node in nodes {
    let first = Int(a.blockStarts[node])
    for c in 0..<d {
      var value = values + Int(a.columnStarts[d * node + c])
      for block in first..<Int(a.blockStarts[node + 1]) {
        for r in (block == first ? c : 0)..<d {
          var sum = 0.0
          for k in Int(a.contributionStarts[block])..<Int(a.contributionStarts[block + 1]) {
            let contribution = a.contributions[k]
            sum += a.coefficients[Int(contribution.cell)] * a.blocks[d * d * Int(contribution.block) + d * c + r]
          }
          value[0] = sum
          value += 1
        }
      }
    }
  }
}
