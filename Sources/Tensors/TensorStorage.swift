import Synchronization

/// The memory of a tensor: uninitialized room for entries and, after them, for `slack` more.
final class TensorStorage<Scalar: TensorScalar>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>
  private let capacity: Int
  /// Where the memory goes when nobody needs it any more.
  let pool: TensorPool?

  init(count: Int, pool: TensorPool?) {
    let bytes = TensorPool.roundedBytes((count + Scalar.slack) * MemoryLayout<Scalar>.stride)
    capacity = bytes
    self.pool = pool
    let raw = pool?.take(bytes) ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    pointer = raw.bindMemory(to: Scalar.self, capacity: bytes / MemoryLayout<Scalar>.stride)
  }

  deinit {
    if let pool { pool.give(UnsafeMutableRawPointer(pointer), capacity) } else { pointer.deallocate() }
  }
}

/// Memory that one tensor leaves to the next, so that a training step asks the system for none: fresh pages cost about
/// as much as a pass over them. Safe from several threads.
public final class TensorPool: Sendable {
  private struct Block: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }
  private let free = Mutex<[Int: [Block]]>([:])

  public init() {}

  /// Sizes are rounded so that tensors of nearly the same size share memory.
  static func roundedBytes(_ bytes: Int) -> Int {
    let step = max(64, 1 << max(0, Int.bitWidth - bytes.leadingZeroBitCount - 4))
    return (bytes + step - 1) / step * step
  }

  /// Bytes that nobody uses now.
  public var freeBytes: Int { free.withLock { $0.reduce(0) { $0 + $1.key * $1.value.count } } }

  func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let known = free.withLock { $0[bytes]?.popLast() }
    return known?.pointer ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
  }

  func give(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
    let block = Block(pointer: pointer)
    free.withLock { $0[bytes, default: []].append(block) }
  }

  deinit {
    free.withLock { free in
      for blocks in free.values { for block in blocks { block.pointer.deallocate() } }
    }
  }
}
