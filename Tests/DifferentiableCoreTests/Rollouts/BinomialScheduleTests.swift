import Testing

@testable import DifferentiableCore

@Suite struct BinomialScheduleTests {
  /// The fewest advances by trying every place of the next checkpoint, from the definition of the problem alone.
  private func fewest(steps: Int, checkpoints: Int) -> [[Int]] {
    var best = [[Int]](repeating: [Int](repeating: 0, count: checkpoints + 1), count: steps + 1)
    for l in 2...steps {
      for s in 1...checkpoints {
        // Without another checkpoint the way to every step begins at the first state.
        best[l][s] = l * (l - 1) / 2
        if s == 1 { continue }
        for m in 1..<l { best[l][s] = min(best[l][s], m + best[l - m][s - 1] + best[m][s]) }
      }
    }
    return best
  }

  @Test func theFormulaIsTheMinimumOverAllPlaces() {
    let best = fewest(steps: 60, checkpoints: 7)
    for l in 1...60 {
      for s in 1...7 {
        #expect(BinomialSchedule.advances(steps: l, checkpoints: s) == best[l][s], "l = \(l), s = \(s)")
      }
    }
  }

  @Test func theStrideReachesTheMinimum() {
    let best = fewest(steps: 60, checkpoints: 7)
    for l in 2...60 {
      for s in 2...7 {
        let m = BinomialSchedule.stride(steps: l, checkpoints: s)
        #expect((1..<l).contains(m))
        #expect(m + best[l - m][s - 1] + best[m][s] == best[l][s], "l = \(l), s = \(s)")
      }
    }
  }

  /// Table values of beta, and numbers too large for it.
  @Test func reachIsTheBinomialCoefficient() {
    #expect(BinomialSchedule.reach(checkpoints: 3, repetitions: 4) == 35)
    #expect(BinomialSchedule.reach(checkpoints: 10, repetitions: 8) == 43758)
    #expect(BinomialSchedule.reach(checkpoints: 5, repetitions: -1) == 0)
    #expect(BinomialSchedule.reach(checkpoints: 1_000_000, repetitions: 1_000_000) == .max)
    #expect(BinomialSchedule.repetitions(steps: 1_000_000_000, checkpoints: 100) == 6)
  }

  /// However long the run turns out to be, no step of it needs more repetitions than with the best places.
  @Test func placesFoundDuringTheRunNeedNoMoreRepetitions() {
    for s in 2...6 {
      var placement = OnlinePlacement(capacity: s)
      var kept: [Int] = []
      for index in 0..<150 {
        if let dropped = placement.place(index) { kept.removeAll { $0 == dropped } }
        kept.append(index)
        let l = index + 1
        let allowed = BinomialSchedule.repetitions(steps: l, checkpoints: s)
        var end = l
        for (position, start) in kept.enumerated().reversed() {
          let repetitions = BinomialSchedule.repetitions(steps: end - start, checkpoints: s - position)
          #expect(repetitions <= allowed, "\(l) steps, \(s) checkpoints at \(kept)")
          end = start
        }
        #expect(kept[0] == 0 && kept.count <= s)
      }
    }
  }
}
