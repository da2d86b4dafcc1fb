import DesignSamplers

/// Which polished designs are one optimum: those that a chain of designs connects, each no farther from the next than the
/// threshold of the space. Designs that violate a constraint by one percent or more are of none.
struct DistinctOptima {
  private let groups: [[DesignPolish.Outcome]]
  private let difference: DesignDifference

  /// - Parameter outcomes: The best first.
  init(_ outcomes: [DesignPolish.Outcome], in space: any DesignSpace) {
    let kept = outcomes.filter(\.keepsConstraints)
    let difference = space.difference
    groups = SingleLinkage.groups(kept.count, threshold: difference.threshold) {
      difference(kept[$0].design, kept[$1].design)
    }.map { $0.map { kept[$0] } }
    self.difference = difference
  }

  /// The best design of each, the best first.
  var designs: [DenseVector] { groups.map { $0[0].design } }

  /// Nil where no design keeps the constraints.
  var record: SampleResult.Optima? {
    guard let best = groups.first?.first else { return nil }
    return SampleResult.Optima(
      difference: difference.words, threshold: difference.threshold,
      found: groups.map { group in
        SampleResult.Optimum(
          samples: group.map(\.record.sample), objective: group[0].record.objective,
          worst: group[group.count - 1].record.objective,
          unfinished: group.count { $0.record.reason == StopReason.iterations.status },
          fromBest: difference(best.design, group[0].design))
      })
  }
}
