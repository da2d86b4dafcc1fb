import Geometry

/// Turns the selections of a scene into nodes, cells and boundary pieces of its domain.
///
/// Mistakes are collected, not thrown, so that all of a scene's are reported at once.
struct SelectionResolver {
  enum Entity: String {
    case nodes, cells
  }

  let domain: any Domain
  let dimension: Int
  /// Corners of the box around the domain, in m.
  let low: [Double]
  let high: [Double]
  private let mesh: UnstructuredMesh?
  private let regions: [String: Located<Scene.Selection>]
  /// Positions of nodes and centroids of cells, `[count * dimension]`.
  private let positions: [Entity: [Double]]
  /// Coordinates within this count as equal, in m.
  private let tolerance: Double

  init(_ sceneDomain: SceneDomain, regions: [Scene.NamedRegion]) {
    let domain = sceneDomain.domain
    self.domain = domain
    dimension = domain.dimension
    if case .mesh(let mesh) = sceneDomain { self.mesh = mesh } else { mesh = nil }
    self.regions = Dictionary(regions.map { ($0.name.value, $0.selection) }) { first, _ in first }
    let nodes = Self.positions(domain.nodeCount, dimension) { domain.point(ofNode: $0) }
    positions = [.nodes: nodes, .cells: Self.positions(domain.cellCount, dimension) { domain.centroid(ofCell: $0) }]
    var low = [Double](repeating: .infinity, count: dimension)
    var high = low.map { -$0 }
    for node in 0..<domain.nodeCount {
      for axis in 0..<dimension {
        low[axis] = min(low[axis], nodes[node * dimension + axis])
        high[axis] = max(high[axis], nodes[node * dimension + axis])
      }
    }
    self.low = low
    self.high = high
    tolerance = 1e-9 * (zip(low, high).map { $1 - $0 }.max() ?? 1)
  }

  private static func positions(_ count: Int, _ dimension: Int, _ point: (Int) -> [Double]) -> [Double] {
    var all: [Double] = []
    all.reserveCapacity(count * dimension)
    for i in 0..<count { all += point(i) }
    return all
  }

  /// The extent in words: `x 0 to 3, y 0 to 1`.
  var extentInWords: String {
    (0..<dimension).map { "\(Axis(rawValue: $0)!) \(low[$0]) to \(high[$0])" }.joined(separator: ", ") + " m"
  }

  /// The selected nodes or cells, ascending; nil after reporting why not. An empty selection is an error.
  ///
  /// - Parameter noun: what the message calls them.
  func resolve(
    _ selection: Located<Scene.Selection>, as entity: Entity, called noun: String? = nil,
    _ diagnostics: inout DiagnosticList
  ) -> [Int]? {
    var visiting: Set<String> = []
    guard let mask = mask(selection.value, entity, at: selection.mark, &visiting, &diagnostics) else { return nil }
    let chosen = mask.indices.filter { mask[$0] }
    if chosen.isEmpty {
      diagnostics.add(
        selection.error(
          "the selection is empty: no \(noun ?? entity.rawValue) of the domain satisfy it",
          remedy: hint(selection.value, entity)))
      return nil
    }
    return chosen
  }

  private func hint(_ selection: Scene.Selection, _ entity: Entity) -> String {
    var text = "the domain spans \(extentInWords)"
    if entity == .nodes, case .coordinate(let axis, .at(.meters(let x))) = selection, axis.rawValue < dimension,
      let nearest = nearestCoordinate(to: x, axis.rawValue)
    {
      text += "; the nearest nodes have \(axis) = \(nearest)"
    }
    return text
  }

  private func nearestCoordinate(to x: Double, _ axis: Int) -> Double? {
    let nodes = positions[.nodes]!
    return stride(from: axis, to: nodes.count, by: dimension).lazy.map { nodes[$0] }.min { abs($0 - x) < abs($1 - x) }
  }

  // MARK: - Masks

  private func mask(
    _ selection: Scene.Selection, _ entity: Entity, at mark: SourceMark, _ visiting: inout Set<String>,
    _ diagnostics: inout DiagnosticList
  ) -> [Bool]? {
    let count = entity == .nodes ? domain.nodeCount : domain.cellCount
    func report(_ problem: String, expected: String? = nil, remedy: String? = nil) -> [Bool]? {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: problem, expected: expected, remedy: remedy))
      return nil
    }
    func checkEntries(_ entries: Int) -> Bool {
      if entries == dimension { return true }
      _ = report("a position has \(entries) entries in a domain of \(dimension) dimensions")
      return false
    }
    switch selection {
    case .everywhere:
      return [Bool](repeating: true, count: count)
    case .region(let name):
      return regionMask(name, entity, &visiting, &diagnostics)
    case .coordinate(let axis, let span):
      guard axis.rawValue < dimension else { return report("a flat domain has no z") }
      let (from, to) = limits(span, axis.rawValue)
      return test(entity) { $0[axis.rawValue] >= from - tolerance && $0[axis.rawValue] <= to + tolerance }
    case .point(let coordinates):
      guard checkEntries(coordinates.count) else { return nil }
      let point = coordinates.enumerated().map { metres($1, $0) }
      return pointMask(point, entity, at: mark, &diagnostics)
    case .box(let from, let to):
      guard checkEntries(from.count), checkEntries(to.count) else { return nil }
      let a = from.enumerated().map { metres($1, $0) }, b = to.enumerated().map { metres($1, $0) }
      return test(entity) { x in
        (0..<dimension).allSatisfy { x[$0] >= min(a[$0], b[$0]) - tolerance && x[$0] <= max(a[$0], b[$0]) + tolerance }
      }
    case .ball(let center, let radius):
      guard checkEntries(center.count) else { return nil }
      return test(entity) { x in
        (0..<dimension).reduce(0) { $0 + (x[$1] - center[$1]) * (x[$1] - center[$1]) }
          <= (radius + tolerance) * (radius + tolerance)
      }
    case .cylinder(let from, let to, let radius):
      guard checkEntries(from.count), checkEntries(to.count) else { return nil }
      let axis = zip(to, from).map { $0 - $1 }
      let length = axis.reduce(0) { $0 + $1 * $1 }
      guard length > 0 else { return report("the two ends of the cylinder are the same point") }
      return test(entity) { x in
        let offset = (0..<dimension).map { x[$0] - from[$0] }
        let along = zip(offset, axis).reduce(0) { $0 + $1.0 * $1.1 } / length
        let margin = tolerance / length.squareRoot()
        guard along >= -margin, along <= 1 + margin else { return false }
        let distance = (0..<dimension).reduce(0) {
          $0 + (offset[$1] - along * axis[$1]) * (offset[$1] - along * axis[$1])
        }
        return distance <= (radius + tolerance) * (radius + tolerance)
      }
    case .polygon(let corners):
      return test(entity) { contains(corners, $0[0], $0[1]) }
    case .union(let parts):
      return combine(parts, entity, mark, &visiting, &diagnostics) { $0 || $1 }
    case .intersection(let parts):
      return combine(parts, entity, mark, &visiting, &diagnostics) { $0 && $1 }
    case .complement(let part):
      return mask(part, entity, at: mark, &visiting, &diagnostics)?.map { !$0 }
    }
  }

  private func combine(
    _ parts: [Scene.Selection], _ entity: Entity, _ mark: SourceMark, _ visiting: inout Set<String>,
    _ diagnostics: inout DiagnosticList, _ join: (Bool, Bool) -> Bool
  ) -> [Bool]? {
    var result: [Bool]?
    var failed = false
    for part in parts {
      guard let next = mask(part, entity, at: mark, &visiting, &diagnostics) else {
        failed = true
        continue
      }
      result = result.map { zip($0, next).map(join) } ?? next
    }
    return failed ? nil : result
  }

  private func regionMask(
    _ name: Located<String>, _ entity: Entity, _ visiting: inout Set<String>, _ diagnostics: inout DiagnosticList
  ) -> [Bool]? {
    if let selection = regions[name.value] {
      guard visiting.insert(name.value).inserted else {
        diagnostics.add(name.error("the region `\(name.value)` is defined by itself"))
        return nil
      }
      defer { visiting.remove(name.value) }
      return mask(selection.value, entity, at: selection.mark, &visiting, &diagnostics)
    }
    if let mesh, let members = members(of: name.value, mesh, entity) {
      var mask = [Bool](repeating: false, count: entity == .nodes ? mesh.nodeCount : mesh.cellCount)
      for member in members { mask[member] = true }
      return mask
    }
    let known = regions.keys.sorted() + (mesh.map { Self.groups(of: $0) } ?? [])
    let near = nearestSpelling(of: name.value, among: known).map { "did you mean `\($0)`?" }
    diagnostics.add(
      name.error(
        "there is no region `\(name.value)`",
        expected: known.isEmpty
          ? "a region declared under `regions`; there is none" : "one of \(known.joined(separator: ", "))",
        remedy: near))
    return nil
  }

  private static func groups(of mesh: UnstructuredMesh) -> [String] {
    Set(mesh.cellRegions.keys).union(mesh.facetRegions.keys).union(mesh.nodeRegions.keys).sorted()
  }

  private func members(of name: String, _ mesh: UnstructuredMesh, _ entity: Entity) -> [Int]? {
    switch entity {
    case .cells:
      return mesh.cellRegions[name]
    case .nodes:
      if let nodes = mesh.nodeRegions[name] { return nodes }
      if let facets = mesh.facetRegions[name] { return Set(facets.flatMap(\.self)).sorted() }
      return mesh.cellRegions[name].map { cells in Set(cells.flatMap { mesh.nodes(ofCell: $0) }).sorted() }
    }
  }

  private func pointMask(_ point: [Double], _ entity: Entity, at mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [Bool]?
  {
    let outside = (0..<dimension).contains { point[$0] < low[$0] - tolerance || point[$0] > high[$0] + tolerance }
    if outside {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "the point lies outside the domain", found: "\(point)",
          expected: "a point within \(extentInWords)"))
      return nil
    }
    let all = positions[entity]!
    let count = all.count / dimension
    var best = 0, least = Double.infinity
    for i in 0..<count {
      var distance = 0.0
      for axis in 0..<dimension {
        let d = all[i * dimension + axis] - point[axis]
        distance += d * d
      }
      if distance < least { (best, least) = (i, distance) }
    }
    var mask = [Bool](repeating: false, count: count)
    mask[best] = true
    return mask
  }

  private func test(_ entity: Entity, _ holds: (UnsafeBufferPointer<Double>) -> Bool) -> [Bool] {
    positions[entity]!.withUnsafeBufferPointer { all in
      (0..<all.count / dimension).map { i in
        holds(UnsafeBufferPointer(rebasing: all[i * dimension..<(i + 1) * dimension]))
      }
    }
  }

  private func limits(_ span: Scene.Span, _ axis: Int) -> (Double, Double) {
    switch span {
    case .at(let coordinate):
      let x = metres(coordinate, axis)
      return (x, x)
    case .between(let a, let b):
      let (x, y) = (metres(a, axis), metres(b, axis))
      return (min(x, y), max(x, y))
    }
  }

  private func metres(_ coordinate: Scene.Coordinate, _ axis: Int) -> Double {
    switch coordinate {
    case .meters(let x): x
    case .minimum: low[axis]
    case .middle: (low[axis] + high[axis]) / 2
    case .maximum: high[axis]
    }
  }

  /// Crossing number; points on an edge count as inside.
  private func contains(_ corners: [[Double]], _ x: Double, _ y: Double) -> Bool {
    var inside = false
    var previous = corners[corners.count - 1]
    for corner in corners {
      let (x1, y1, x2, y2) = (previous[0], previous[1], corner[0], corner[1])
      let length = ((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1)).squareRoot()
      if length > 0 {
        let along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / (length * length)
        let distance = abs((x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)) / length
        if distance <= tolerance, along >= -tolerance / length, along <= 1 + tolerance / length { return true }
      }
      if (y1 > y) != (y2 > y), x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 { inside.toggle() }
      previous = corner
    }
    return inside
  }
}
