import DifferentiableCore
import Testing

@Suite struct NamedArraysBinaryTests {
  private var sample: NamedArrays {
    var arrays = NamedArrays()
    arrays[real: "design"] = [0, -0.0, .infinity, .nan, .leastNonzeroMagnitude, 1.0 / 3]
    arrays[integer: "état"] = [.min, -1, 0, .max]
    arrays[text: "method"] = "optimality-criteria · ∂"
    arrays[real: "empty"] = []
    arrays[text: ""] = ""
    return arrays
  }

  private func failure(_ bytes: [UInt8]) -> NamedArraysFormatError? {
    do throws(NamedArraysFormatError) {
      _ = try NamedArrays(decoding: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func givesBackTheSameBits() throws {
    let arrays = try NamedArrays(decoding: sample.encoded())
    #expect(arrays.names == sample.names)
    #expect(arrays[real: "design"]?.map(\.bitPattern) == sample[real: "design"]?.map(\.bitPattern))
    #expect(arrays[integer: "état"] == sample[integer: "état"])
    #expect(arrays[text: "method"] == sample[text: "method"])
    #expect(arrays[real: "empty"] == [] && arrays[text: ""] == "")
    #expect(try NamedArrays(decoding: NamedArrays().encoded()) == NamedArrays())
    #expect(arrays.encoded() == sample.encoded())
  }

  @Test func everyTruncationIsNamed() {
    let bytes = sample.encoded()
    #expect(failure([]) == .foreign)
    for length in 1..<bytes.count {
      guard case .truncated(let found, _)? = failure(Array(bytes[..<length])) else {
        Issue.record("\(length) of \(bytes.count) bytes were not found truncated")
        continue
      }
      #expect(found == length)
    }
    #expect(failure(bytes + [0]) == .damaged("bytes follow its end"))
  }

  @Test func everyFlippedBitIsFound() {
    let bytes = sample.encoded()
    for position in bytes.indices {
      for bit in 0..<8 {
        var broken = bytes
        broken[position] ^= 1 << bit
        #expect(failure(broken) != nil, "bit \(bit) of byte \(position)")
      }
    }
  }

  @Test func foreignFilesAreNamed() {
    #expect(failure(Array("title: MBB beam\n".utf8)) == .foreign)
    #expect(failure([UInt8](repeating: 0, count: 100)) == .foreign)
    var later = sample.encoded()
    later[8] = 2
    #expect(failure(later) == .unknownVersion(2))
    #expect(failure(later)?.description.contains("version 2") == true)
  }
}
