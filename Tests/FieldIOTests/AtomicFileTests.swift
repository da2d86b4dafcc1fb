import Foundation
import Testing

@testable import FieldIO

@Suite struct AtomicFileTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func whatIsWrittenIsReadAndNothingElseIsLeft() throws {
    try withDirectory { directory in
      let path = directory + "/history.csv"
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try AtomicFile.write("old", to: path)
      try AtomicFile.write(bytes, to: path)
      #expect(try AtomicFile.read(path) == bytes)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["history.csv"])
    }
  }

  @Test func failuresSayWhyAndLeaveNothing() throws {
    try withDirectory { directory in
      let missing = directory + "/no/such/file"
      #expect(throws: FileFailure(.write, path: missing, reason: .missingDirectory)) {
        try AtomicFile.write("x", to: missing)
      }
      #expect(throws: FileFailure(.read, path: missing, reason: .missingFile)) { try AtomicFile.read(missing) }
      try FileManager.default.createDirectory(atPath: directory + "/taken/inside", withIntermediateDirectories: true)
      #expect(throws: FileFailure.self) { try AtomicFile.write("x", to: directory + "/taken") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["taken"])
    }
  }

  @Test func theSystemsAnswersAreWords() {
    let full = FileFailure.fromSystem(.write, path: "design.vti", code: ENOSPC)
    #expect(full.reason == .diskFull)
    #expect(full.description.contains("design.vti") && full.description.contains("disk is full"))
    #expect(FileFailure.fromSystem(.write, path: "a", code: EROFS).reason == .readOnly)
    #expect(FileFailure.fromSystem(.write, path: "a", code: EACCES).reason == .noPermission)
  }
}
