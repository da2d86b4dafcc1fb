/// Two points, whichever comes first.
struct UndirectedEdge: Hashable {
  let a, b: Int

  init(_ a: Int, _ b: Int) {
    self.a = min(a, b)
    self.b = max(a, b)
  }
}
