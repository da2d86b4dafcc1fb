/// Which checkpoint gives way to the next while the number of steps to come is unknown.
///
/// Wang, Moin & Iaccarino, SIAM J. Sci. Comput. 31 (2009) 2549, algorithm 1. Each checkpoint has a level; one is
/// dispensable when a later one has a higher level. The state at time zero has the highest. The largest number of
/// repetitions of a step is that of the best placement for the number of steps that it turns out to be.
struct OnlinePlacement {
  let capacity: Int
  /// Indices of the steps before which states are kept, ascending, with their levels.
  private var kept: [(index: Int, level: Int)] = []

  init(capacity: Int) { self.capacity = capacity }

  /// The checkpoint to drop before the state at `index` is kept: nil while there is room. Nothing is kept twice.
  mutating func place(_ index: Int) -> Int? {
    guard let first = kept.first else {
      kept = [(index, .max)]
      return nil
    }
    if kept.count < capacity {
      kept.append((index, 0))
      return nil
    }
    // One checkpoint: only the first state.
    guard capacity > 1 else { return index }
    var highest = -1
    var dispensable: Int?
    for position in kept.indices.reversed() where kept[position].index != first.index {
      if kept[position].level < highest {
        dispensable = position
        break
      }
      highest = max(highest, kept[position].level)
    }
    if let dispensable {
      let dropped = kept.remove(at: dispensable).index
      kept.append((index, 0))
      return dropped
    }
    // None is: the last one moves on and rises.
    let last = kept.removeLast()
    kept.append((index, last.level + 1))
    return last.index
  }
}
