/// Zeroed memory on cache-line boundaries, with some entries to spare for vectors that read past the end.
final class AlignedBuffer<Element: BinaryFloatingPoint>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    let bytes = (count + 32) * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    pointer = raw.bindMemory(to: Element.self, capacity: count + 32)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
