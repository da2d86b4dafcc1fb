/// The states that a rollout keeps: the latest in memory, where the reverse sweep needs them first, others on disk.
final class CheckpointStore {
  private enum Place {
    case memory(Int)
    case disk(Int)
  }

  private let stateCount: Int
  private let memoryCapacity: Int
  let capacity: Int
  private let folder: SpillFolder?
  private var spill: SpillFile?
  /// Kept states by ascending index of the step that begins at them.
  private var entries: [(index: Int, place: Place)] = []
  /// Entries before this one are on disk.
  private var firstInMemory = 0
  private var buffers: [DenseVector] = []
  private var freeBuffers: [Int] = []
  private var freeRecords: [Int] = []
  private var recordCount = 0
  private(set) var peakBytes = 0
  private(set) var peakSpilledBytes = 0

  /// - Throws: `.outOfMemory` where the budget does not hold one state.
  init(_ policy: CheckpointPolicy, stateCount: Int) throws(SolveFailure) {
    self.stateCount = stateCount
    let stateBytes = max(1, stateCount) * MemoryLayout<Double>.stride
    switch policy {
    case .everything:
      memoryCapacity = .max
      capacity = .max
      folder = nil
    case .budget(let bytes, let spill):
      memoryCapacity = max(0, bytes / stateBytes)
      let onDisk = spill.map { max(0, $0.bytes / stateBytes) } ?? 0
      let (sum, overflow) = memoryCapacity.addingReportingOverflow(onDisk)
      capacity = overflow ? .max : sum
      folder = spill
      guard memoryCapacity > 0 else {
        throw SolveFailure(
          .outOfMemory, "a checkpoint budget of \(bytes) bytes holds no state: one takes \(stateBytes) bytes")
      }
    }
  }

  /// True when this store can serve again, emptied, for another rollout.
  func suits(_ policy: CheckpointPolicy, stateCount: Int) -> Bool {
    guard stateCount == self.stateCount else { return false }
    switch policy {
    case .everything: return memoryCapacity == .max && folder == nil
    case .budget(let bytes, let spill):
      return memoryCapacity == bytes / (max(1, stateCount) * MemoryLayout<Double>.stride) && spill == folder
    }
  }

  var count: Int { entries.count }
  var free: Int { capacity - entries.count }
  var lastIndex: Int? { entries.last?.index }

  /// Keeps `state`, which comes after every state kept.
  func append(_ state: DenseVector, at index: Int) throws(SolveFailure) {
    precondition(entries.count < capacity && index > entries.last?.index ?? -1, "checkpoints are kept in order")
    if entries.count - firstInMemory == memoryCapacity { try spillFirstInMemory() }
    let buffer: Int
    if let free = freeBuffers.popLast() {
      buffer = free
      buffers[buffer].copyEntries(of: state)
    } else {
      buffer = buffers.count
      buffers.append(DenseVector(copying: state))
    }
    entries.append((index, .memory(buffer)))
    peakBytes = max(peakBytes, (entries.count - firstInMemory) * stateCount * MemoryLayout<Double>.stride)
  }

  /// The step that begins at the kept state at `position` among all kept.
  func index(position: Int) -> Int { entries[position].index }

  /// The checkpoints for the steps that begin at `position`, once everything kept after it is free.
  func slots(position: Int) -> Int { capacity - position }

  /// Copies the last state kept.
  func loadLast(into state: inout DenseVector) throws(SolveFailure) {
    try load(position: entries.count - 1, into: &state)
  }

  /// Copies the kept state at `position` among all kept.
  func load(position: Int, into state: inout DenseVector) throws(SolveFailure) {
    switch entries[position].place {
    case .memory(let buffer): state.copyEntries(of: buffers[buffer])
    case .disk(let record): try spillFile().read(record, into: &state)
    }
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
    peakSpilledBytes = max(peakSpilledBytes, firstInMemory * stateCount * MemoryLayout<Double>.stride)
  }

  private func spillFile() throws(SolveFailure) -> SpillFile {
    if let spill { return spill }
    guard let folder else { preconditionFailure("no folder for checkpoints on disk") }
    let file = try SpillFile(in: folder.path, recordCount: stateCount)
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
