/// The version of this package and of what built it.
public enum Version {
  public static let backsolve = "0.1.0"

  public static var swift: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #elseif swift(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  public static var system: String {
    #if os(Linux)
      let name = "linux"
    #else
      let name = "macos"
    #endif
    #if arch(x86_64)
      return name + "-x86_64"
    #else
      return name + "-arm64"
    #endif
  }
}
