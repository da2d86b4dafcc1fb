/// The word of `candidates` that `word` was probably meant to be, by edit distance; nil when none is near.
func nearestSpelling(of word: String, among candidates: [String]) -> String? {
  guard word.unicodeScalars.count <= 64 else { return nil }
  func plain(_ text: String) -> [Unicode.Scalar] {
    Array(text.lowercased().unicodeScalars).filter { $0 != "-" && $0 != "_" && $0 != " " }
  }
  let letters = plain(word)
  guard letters.count > 1 else { return nil }
  let allowed = max(1, letters.count / 3)
  var best: (word: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(letters, plain(candidate))
    if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  if best == nil, letters.count >= 4 {
    // An abbreviation, `conductiv`, or a longer form, `cone-filter`.
    let matches = candidates.filter { plain($0).starts(with: letters) || letters.starts(with: plain($0)) }
    if matches.count == 1 { return matches[0] }
  }
  return best?.word
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (Damerau 1964, restricted).
func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + Array(repeating: 0, count: b.count)
    for j in 1...b.count {
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

/// "`a`, `b` or `c`".
func listing(_ words: [String], conjunction: String = "or") -> String {
  let quoted = words.map { "`\($0)`" }
  guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}
