#if canImport(Glibc)
  import Glibc
#endif

/// Zeroed memory on cache-line boundaries, with some entries to spare for vectors that read past the end.
///
/// Large buffers ask for huge pages, because the kernels jump from row to row and would miss the translation cache.
final class AlignedBuffer<Element: BinaryFloatingPoint>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    let bytes = (count + 32) * MemoryLayout<Element>.stride
    let hugePage = 2 << 20
    let isLarge = bytes >= 2 * hugePage
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? hugePage : 64)
    #if os(Linux)
      if isLarge { madvise(raw, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = raw.bindMemory(to: Element.self, capacity: count + 32)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
