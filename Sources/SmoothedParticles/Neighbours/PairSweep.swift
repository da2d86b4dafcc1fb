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
    let pieces = min(rows, 128)
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
    let mostRows = (2 * cutsPerSupport[1] + 1) * (2 * cutsPerSupport[2] + 1)
    // The loops live in a function of their own: inside a closure their variables would be boxed.
    withUnsafeTemporaryAllocation(of: Run<Pass.Lanes.Scalar>.self, capacity: 3 * mostRows) { scratch in
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
    for cx in 0..<nx {
      let firstCenter = Int(starts[rowStart &+ cx]), lastCenter = Int(starts[rowStart &+ cx &+ 1])
      if firstCenter == lastCenter { continue }
      var runCount = 0, isListed = false
      let low = cx &- rx, high = cx &+ rx
      for place in firstCenter..<lastCenter {
        if !pass.isCenter(place) { continue }
        var center = pass.center(place)
        if !pass.hasNeighbours(place) {
          pass.finish(center, place)
          continue
        }
        if !isListed {
          isListed = true
          for k in 0..<rowCount {
            var run = neighbourRows[k]
            let cell = run.first
            run.first = Int(starts[cell &+ max(low, 0)])
            run.last = Int(starts[cell &+ min(high, nx &- 1) &+ 1])
            if run.first < run.last {
              runs[runCount] = run
              runCount &+= 1
            }
            if wrapsX && (low < 0 || high >= nx) {
              run.first = Int(starts[cell &+ (low < 0 ? low &+ nx : 0)])
              run.last = Int(starts[cell &+ (low < 0 ? nx : high &- nx &+ 1)])
              run.shiftX = low < 0 ? -lengthX : lengthX
              if run.first < run.last {
                runs[runCount] = run
                runCount &+= 1
              }
            }
          }
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
