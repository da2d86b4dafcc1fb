#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be read or written, in words and with its path.
public struct FileFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// No room left on the device, or the user's quota is used up.
    case diskFull
    /// The file system is mounted read-only.
    case readOnly
    case noPermission
    /// A directory on the way to the file does not exist.
    case missingDirectory
    /// The file does not exist (reading only).
    case missingFile
    /// The path names a directory.
    case isDirectory
    /// The contents are not what the format allows: what was found.
    case malformed(String)
    /// Any other answer of the operating system.
    case system(code: Int32, message: String)
  }

  public var path: String
  public var reason: Reason
  /// What was tried: `write` or `read`.
  public var action: Action

  public enum Action: String, Sendable, Hashable { case read, write }

  public init(_ action: Action, path: String, reason: Reason) {
    self.action = action
    self.path = path
    self.reason = reason
  }

  /// The failure that `errno` tells after a call on `path`.
  static func fromSystem(_ action: Action, path: String, code: Int32) -> FileFailure {
    let reason: Reason =
      switch code {
      case ENOSPC, EDQUOT: .diskFull
      case EROFS: .readOnly
      case EACCES, EPERM: .noPermission
      case ENOENT: action == .read ? .missingFile : .missingDirectory
      case ENOTDIR: .missingDirectory
      case EISDIR: .isDirectory
      default: .system(code: code, message: String(cString: strerror(code)))
      }
    return FileFailure(action, path: path, reason: reason)
  }

  public var description: String {
    let cause =
      switch reason {
      case .diskFull: "the disk is full (or the quota is used up); free some space and run again"
      case .readOnly: "the file system is read-only; choose another place to write to"
      case .noPermission: "permission denied; choose another place or change its permissions"
      case .missingDirectory: "a directory on its path does not exist; create it first"
      case .missingFile: "there is no such file"
      case .isDirectory: "it is a directory, not a file"
      case .malformed(let found): found
      case .system(_, let message): message
      }
    return "cannot \(action.rawValue) \(path): \(cause)"
  }
}
