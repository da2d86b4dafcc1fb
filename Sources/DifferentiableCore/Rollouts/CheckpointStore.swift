/// The states that a rollout keeps: the latest in memory, where the reverse sweep needs them first, others on disk. Of the
/// first only is known that it is kept: it follows from the parameters.
final class CheckpointStore {
  private enum Place {
    case parameters
    case memory(Int)
    case disk(Int)
  }

  private let stateCount: Int
  /// Entries that are not kept.
  private let leftOut: Range<Int>
  private let memoryCapacity: Int
  let capacity: Int
  private let folder: SpillFolder?
  private var spill: SpillFile?
  /// Kept states by ascending index of the step that begins at them.
  private var entries: [(index: Int, place: Place)] = []
  /// Entries before this one are on disk, the first apart.
  private var firstInMemory = 0
  private var buffers: [DenseVector] = []
  private var freeBuffers: [Int] = []
  private var freeRecords: [Int] = []
  private var recordCount = 0
  private(set) var peakBytes = 0
  private(set) var peakSpilledBytes = 0

  /// - Parameters:
  ///   - policy: how many states to keep, and where.
  ///   - stateCount: entries of a state.
  ///   - leftOut: entries that need not be kept; they are where every state is.
  /// - Throws: `.outOfMemory` where the budget does not hold one state.
  init(_ policy: CheckpointPolicy, stateCount: Int, leavingOut leftOut: Range<Int> = 0..<0) throws(SolveFailure) {
    self.stateCount = stateCount
    self.leftOut = policy == .everything ? 0..<0 : leftOut
    let stateBytes = Self.bytes(stateCount - self.leftOut.count)
    switch policy {
    case .everything:
      memoryCapacity = .max
      capacity = .max
      folder = nil
    case .budget(let bytes, let spill):
      memoryCapacity = max(0, bytes / stateBytes)
      let onDisk = spill.map { max(0, $0.bytes / stateBytes) } ?? 0
      // One more, the first, without a place.
      let (sum, overflow) = (memoryCapacity + 1).addingReportingOverflow(onDisk)
      capacity = overflow ? .max : sum
      folder = spill
      guard memoryCapacity > 0 else {
        throw SolveFailure(
          .outOfMemory, "a checkpoint budget of \(bytes) bytes holds no state: one takes \(stateBytes) bytes")
      }
    }
  }

  /// True when this store can serve again, emptied, for another rollout.
  func suits(_ policy: CheckpointPolicy, stateCount: Int, leavingOut leftOut: Range<Int>) -> Bool {
    guard stateCount == self.stateCount else { return false }
    switch policy {
    case .everything: return memoryCapacity == .max && folder == nil
    case .budget(let bytes, let spill):
      return leftOut == self.leftOut && memoryCapacity == bytes / Self.bytes(stateCount - leftOut.count)
        && spill == folder
    }
  }

  private static func bytes(_ entries: Int) -> Int { max(1, entries) * MemoryLayout<Double>.stride }

  private var keptCount: Int { stateCount - leftOut.count }

  var count: Int { entries.count }
  var free: Int { capacity - entries.count }
  var lastIndex: Int? { entries.last?.index }

  /// Keeps `state`, which comes after every state kept.
  func append(_ state: DenseVector, at index: Int) throws(SolveFailure) {
    precondition(entries.count < capacity && index > entries.last?.index ?? -1, "checkpoints are kept in order")
    if index == 0 {
      entries.append((0, .parameters))
      firstInMemory = 1
      return
    }
    if entries.count - firstInMemory == memoryCapacity { try spillFirstInMemory() }
    let buffer: Int
    if let free = freeBuffers.popLast() {
      buffer = free
      leftOut.isEmpty ? buffers[buffer].copyEntries(of: state) : pack(state, into: &buffers[buffer])
    } else {
      buffer = buffers.count
      buffers.append(leftOut.isEmpty ? DenseVector(copying: state) : DenseVector(zeros: keptCount))
      if !leftOut.isEmpty { pack(state, into: &buffers[buffer]) }
    }
    entries.append((index, .memory(buffer)))
    peakBytes = max(peakBytes, (entries.count - firstInMemory) * keptCount * MemoryLayout<Double>.stride)
  }

  private func pack(_ state: DenseVector, into kept: inout DenseVector) {
    for k in 0..<leftOut.lowerBound { kept[k] = state[k] }
    for k in leftOut.upperBound..<stateCount { kept[k - leftOut.count] = state[k] }
  }

  private func unpack(_ kept: DenseVector, into state: inout DenseVector) {
    if state.count != stateCount { state = DenseVector(zeros: stateCount) }
    for k in 0..<leftOut.lowerBound { state[k] = kept[k] }
    for k in leftOut { state[k] = 0 }
    for k in leftOut.upperBound..<stateCount { state[k] = kept[k - leftOut.count] }
  }

  /// The step that begins at the kept state at `position` among all kept.
  func index(position: Int) -> Int { entries[position].index }

  /// The checkpoints for the steps that begin at `position`, once everything kept after it is free.
  func slots(position: Int) -> Int { capacity - position }

  /// Copies the kept state at `position` among all kept; false for the first, which follows from the parameters.
  func load(position: Int, into state: inout DenseVector) throws(SolveFailure) -> Bool {
    switch entries[position].place {
    case .parameters: return false
    case .memory(let buffer):
      leftOut.isEmpty ? state.copyEntries(of: buffers[buffer]) : unpack(buffers[buffer], into: &state)
    case .disk(let record):
      if leftOut.isEmpty {
        try spillFile().read(record, into: &state)
      } else {
        var kept = DenseVector(zeros: keptCount)
        try spillFile().read(record, into: &kept)
        unpack(kept, into: &state)
      }
    }
    return true
  }

  func remove(index: Int) {
    guard let position = entries.lastIndex(where: { $0.index == index }) else { return }
    remove(position: position)
  }

  func removeLast() { remove(position: entries.count - 1) }

  /// Drops all but the first `kept`.
  func removeAll(after kept: Int) {
    while entries.count > kept { removeLast() }
  }

  func resetPeaks() {
    peakBytes = 0
    peakSpilledBytes = 0
  }

  private func remove(position: Int) {
    switch entries.remove(at: position).place {
    case .parameters: break
    case .memory(let buffer): freeBuffers.append(buffer)
    case .disk(let record): freeRecords.append(record)
    }
    if position < firstInMemory { firstInMemory -= 1 }
  }

  /// The earliest state in memory is the one that the reverse sweep needs last.
  private func spillFirstInMemory() throws(SolveFailure) {
    guard case .memory(let buffer) = entries[firstInMemory].place else { return }
    let file = try spillFile()
    let record = freeRecords.popLast() ?? recordCount
    recordCount = max(recordCount, record + 1)
    try file.write(buffers[buffer], to: record)
    entries[firstInMemory].place = .disk(record)
    freeBuffers.append(buffer)
    firstInMemory += 1
    peakSpilledBytes = max(peakSpilledBytes, (firstInMemory - 1) * keptCount * MemoryLayout<Double>.stride)
  }

  private func spillFile() throws(SolveFailure) -> SpillFile {
    if let spill { return spill }
    guard let folder else { preconditionFailure("no folder for checkpoints on disk") }
    let file = try SpillFile(in: folder.path, recordCount: keptCount)
    spill = file
    return file
  }
}

extension DenseVector {
  /// A vector with entries of its own.
  init(copying other: DenseVector) {
    self.init(count: other.count) { entries in
      other.withUnsafeBufferPointer { _ = entries.initialize(from: $0) }
    }
  }

  /// Overwrites all entries, in the storage there is where the number of entries is the same.
  mutating func copyEntries(of other: DenseVector) {
    guard count == other.count else {
      self = DenseVector(copying: other)
      return
    }
    withUnsafeMutableBufferPointer { to in
      other.withUnsafeBufferPointer { from in
        if let to = to.baseAddress, let from = from.baseAddress { to.update(from: from, count: other.count) }
      }
    }
  }
}
