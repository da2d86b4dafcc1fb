/// The hash FNV-1a of 64 bits (Fowler, Noll & Vo; RFC 9923), in hexadecimal digits: it finds damage, not forgery.
public enum FNVHash {
  /// Of bytes, or of wider words each of which is taken as one.
  public static func digits(of words: some Sequence<some BinaryInteger>) -> String {
    String(words.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
  }
}
