import DifferentiableCore

/// A fixed number of things kept of a stream, so that at every moment each one that came is as likely among them as another
/// (Vitter, "Random sampling with a reservoir", 1985, algorithm R). What comes when decides, and the seed; nothing else.
struct Reservoir<Element: Sendable>: Sendable {
  let size: Int
  let seed: UInt64
  private(set) var kept: [Element] = []
  /// How many came.
  private(set) var seen = 0

  init(size: Int, seed: UInt64) {
    precondition(size > 0, "a reservoir of \(size)")
    self.size = size
    self.seed = seed
  }

  /// One that was kept before, `seen` having come.
  init(size: Int, seed: UInt64, kept: [Element], seen: Int) {
    self.init(size: size, seed: seed)
    (self.kept, self.seen) = (kept, seen)
  }

  var isFull: Bool { kept.count == size }

  mutating func add(_ element: Element) {
    defer { seen += 1 }
    guard isFull else { return kept.append(element) }
    var generator = SeededGenerator(seed: seed, generation: seen)
    let place = Int(generator.uniform() * Double(seen + 1))
    if place < size { kept[place] = element }
  }
}
