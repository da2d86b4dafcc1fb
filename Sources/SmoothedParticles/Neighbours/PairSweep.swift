import DifferentiableCore

/// A contiguous run of neighbours, seen through a periodic shift.
private struct Run<Scalar> {
  var first: Int
  var last: Int
  var shiftX: Scalar
  var shiftY: Scalar
  var shiftZ: Scalar
}

extension CellGrid {
  /// Runs `pass` for every center, in parallel over fixed pieces of the grid.
  func sweep<Pass: PairPass>(_ positions: SortedPositions<Pass.Lanes>, _ pass: Pass) {
    let rows = cells[1] * cells[2]
    // A piece costs about a microsecond before it begins.
    let pieces = max(1, min(rows, 128, sortedCount / 256))
    let shared = UncheckedShared((grid: self, positions: positions, pass: pass))
    starts.withUnsafeBufferPointer { starts in
      let starts = UncheckedShared(starts.baseAddress!)
      concurrentlyForEach(piece: pieces) { piece in
        let first = piece * rows / pieces, last = (piece + 1) * rows / pieces
        shared.value.grid.sweep(rows: first..<last, starts.value, shared.value.positions, shared.value.pass)
      }
    }
  }

  private func sweep<Pass: PairPass>(
    rows: Range<Int>, _ starts: UnsafePointer<Int32>, _ positions: SortedPositions<Pass.Lanes>, _ pass: Pass
  ) {
    let mostRows = mostRows
    // The loops live in a function of their own: inside a closure their variables would be boxed.
    withUnsafeTemporaryAllocation(of: Run<Pass.Lanes.Scalar>.self, capacity: 7 * mostRows) { scratch in
      let base = scratch.baseAddress!
      withUnsafeTemporaryAllocation(of: Pass.Lanes.Scalar.self, capacity: 2 * Pass.Lanes.count) { beginnings in
        for row in rows {
          sweep(
            row: row, starts, positions, pass, neighbourRows: base, runs: base + mostRows,
            beginnings: beginnings.baseAddress!)
        }
      }
    }
  }

  /// Rows of cells that a sweep looks at from one of them.
  private var mostRows: Int { (2 * cutsPerSupport[1] + 1) * (2 * cutsPerSupport[2] + 1) }

  /// - Parameter runs: room for two a row around and kind of partners: fluid, solid and both.
  @inline(never)
  private func sweep<Pass: PairPass>(
    row: Int, _ starts: UnsafePointer<Int32>, _ positions: SortedPositions<Pass.Lanes>, _ pass: Pass,
    neighbourRows: UnsafeMutablePointer<Run<Pass.Lanes.Scalar>>, runs: UnsafeMutablePointer<Run<Pass.Lanes.Scalar>>,
    beginnings: UnsafeMutablePointer<Pass.Lanes.Scalar>
  ) {
    typealias L = Pass.Lanes
    typealias D = Pass.Dimension
    typealias Scalar = L.Scalar
    let nx = cells[0]
    let rx = cutsPerSupport[0]
    let lengthX = Scalar(box.length(0)), wrapsX = box.isPeriodic[0]
    let support2 = Scalar(support * support)
    // What r² begins with: next to nothing, so that r is never zero, and, in the lanes beyond a run, enough to be far away.
    let tiny = Scalar(1e-24 * support * support), far = Scalar(1e6 * support * support)
    for lane in 0..<L.count {
      beginnings[lane] = tiny
      beginnings[L.count &+ lane] = far
    }
    let lastBeginning = UnsafePointer(beginnings) + L.count
    let rowCount = list(rowsAround: row, is3D: D.count == 3, in: neighbourRows)
    let rowStart = nx * row
    let runsPerKind = 2 * mostRows
    for cx in 0..<nx {
      let firstCenter = Int(starts[rowStart &+ cx]), lastCenter = Int(starts[rowStart &+ cx &+ 1])
      if firstCenter == lastCenter { continue }
      var runCounts = SIMD4<Int>(repeating: -1)
      let low = cx &- rx, high = cx &+ rx
      for place in firstCenter..<lastCenter {
        if !pass.isCenter(place) { continue }
        var center = pass.center(place)
        let partners = pass.partners(place)
        if partners.isEmpty {
          pass.finish(center, place)
          continue
        }
        let kind = Int(partners.rawValue)
        let runs = runs + (kind &- 1) &* runsPerKind
        var runCount = runCounts[kind]
        if runCount < 0 {
          runCount = 0
          for k in 0..<rowCount {
            var run = neighbourRows[k]
            let cell = run.first
            list(
              cell &+ max(low, 0), cell &+ min(high, nx &- 1) &+ 1, run, partners, lanes: L.count, starts, runs,
              &runCount)
            if wrapsX && (low < 0 || high >= nx) {
              run.shiftX = low < 0 ? -lengthX : lengthX
              list(
                cell &+ (low < 0 ? low &+ nx : 0), cell &+ (low < 0 ? nx : high &- nx &+ 1), run, partners,
                lanes: L.count, starts, runs, &runCount)
            }
          }
          runCounts[kind] = runCount
        }
        let x = positions.x[place], y = positions.y[place]
        let z = D.count == 3 ? positions.z[place] : 0
        for k in 0..<runCount {
          let run = runs[k]
          let xi = L.broadcast(x - run.shiftX), yi = L.broadcast(y - run.shiftY)
          let zi = D.count == 3 ? L.broadcast(z - run.shiftZ) : .zero
          var j = run.first
          while j < run.last {
            let e = LaneVector<L, D>(
              x: xi - L.load(positions.x + j), y: yi - L.load(positions.y + j),
              z: D.count == 3 ? zi - L.load(positions.z + j) : .zero)
            let r2 = e.square(plus: L.load(lastBeginning - min(run.last &- j, L.count)))
            if r2.someLane(below: support2) {
              pass.add(j, Separation(e: e, r: r2.squareRoot), to: &center)
            }
            j &+= L.count
          }
        }
        pass.finish(center, place)
      }
    }
  }

  /// Adds the run of the particles in cells `from..<to` less what no partner is in, at its ends. At its beginning whole
  /// vectors are left out: so each neighbour stays in its lane, and a sum has the same bits with and without the others.
  @inline(__always)
  private func list<Scalar: BinaryFloatingPoint>(
    _ from: Int, _ to: Int, _ row: Run<Scalar>, _ partners: PairPartners, lanes: Int, _ starts: UnsafePointer<Int32>,
    _ runs: UnsafeMutablePointer<Run<Scalar>>, _ count: inout Int
  ) {
    var run = row
    run.first = Int(starts[from])
    if partners == .everything {
      run.last = Int(starts[to])
    } else {
      var from = from, to = to
      while from < to && held[from].isDisjoint(with: partners) { from &+= 1 }
      while to > from && held[to &- 1].isDisjoint(with: partners) { to &-= 1 }
      if from == to { return }
      run.first &+= (Int(starts[from]) &- run.first) / lanes &* lanes
      run.last = Int(starts[to])
    }
    if run.first >= run.last { return }
    runs[count] = run
    count &+= 1
  }

  /// Lists the rows of cells within the support of a row; `first` is the row's first cell. Returns how many.
  private func list<Scalar: BinaryFloatingPoint>(
    rowsAround row: Int, is3D: Bool, in neighbourRows: UnsafeMutablePointer<Run<Scalar>>
  ) -> Int {
    let nx = cells[0], ny = cells[1], nz = cells[2]
    let ry = cutsPerSupport[1], rz = is3D ? cutsPerSupport[2] : 0
    let wrapsY = box.dimension > 1 && box.isPeriodic[1], wrapsZ = box.dimension > 2 && box.isPeriodic[2]
    let cy = row % ny, cz = row / ny
    var rowCount = 0
    for dz in -rz...rz {
      var z = cz + dz
      var shiftZ: Scalar = 0
      if z < 0 || z >= nz {
        guard wrapsZ else { continue }
        shiftZ = Scalar(z < 0 ? -box.length(2) : box.length(2))
        z += z < 0 ? nz : -nz
      }
      for dy in -ry...ry {
        var y = cy + dy
        var shiftY: Scalar = 0
        if y < 0 || y >= ny {
          guard wrapsY else { continue }
          shiftY = Scalar(y < 0 ? -box.length(1) : box.length(1))
          y += y < 0 ? ny : -ny
        }
        neighbourRows[rowCount] = Run(first: nx * (y + ny * z), last: 0, shiftX: 0, shiftY: shiftY, shiftZ: shiftZ)
        rowCount += 1
      }
    }
    return rowCount
  }
}
