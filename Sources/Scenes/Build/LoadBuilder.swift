import FiniteElements

/// Turns the loads of a scene into nodal vectors.
struct LoadBuilder {
  let sceneDomain: SceneDomain
  let resolver: SelectionResolver
  /// Unknowns a node: the dimension for elasticity, 1 for diffusion.
  let components: Int
  /// Across the plane in 2D, in m; 1 in 3D.
  let thickness: Double
  /// Cells that the scene holds void.
  let voidCells: [Bool]

  private var domain: any Domain { resolver.domain }

  /// The mask of a selection of nodes.
  private func nodeMask(_ selection: Located<Scene.Selection>, _ diagnostics: inout DiagnosticList) -> [Bool]? {
    guard let nodes = resolver.resolve(selection, as: .nodes, &diagnostics) else { return nil }
    var mask = [Bool](repeating: false, count: domain.nodeCount)
    for node in nodes { mask[node] = true }
    return mask
  }

  /// Shares of a total, one for each node, that add to one: consistent with an even spread over the volume, area or
  /// length selected, equal for single points.
  private func shares(_ mask: [Bool], equal: Bool) -> [(node: Int, share: Double)] {
    let pieces = equal ? [] : domain.pieces(within: mask)
    if pieces.isEmpty {
      let nodes = mask.indices.filter { mask[$0] }
      return nodes.map { ($0, 1 / Double(nodes.count)) }
    }
    let integrals = PieceIntegrals(domain)
    var sums = [Double](repeating: 0, count: domain.nodeCount)
    var total = 0.0
    for piece in pieces {
      for (node, share) in zip(piece.nodes, integrals.shapeIntegrals(piece)) {
        sums[node] += share
        total += share
      }
    }
    return sums.indices.filter { sums[$0] != 0 }.map { ($0, sums[$0] / total) }
  }

  /// Adds a force to `load`.
  func add(_ force: Located<Scene.Force>, to load: inout DenseVector, _ diagnostics: inout DiagnosticList) {
    guard checkEntries(force.value.force, &diagnostics) else { return }
    guard let mask = nodeMask(force.value.at, &diagnostics) else { return }
    guard checkMaterial(mask, force.mark, &diagnostics) else { return }
    let vector = force.value.force.value
    switch force.value.distribute {
    case .eachNode:
      for node in mask.indices where mask[node] {
        for c in 0..<components { load[node * components + c] += vector[c] }
      }
    case .total, .equalShares:
      for (node, share) in shares(mask, equal: force.value.distribute == .equalShares) {
        for c in 0..<components { load[node * components + c] += share * vector[c] }
      }
    }
  }

  /// Adds a traction or a pressure on boundary facets.
  func add(_ traction: Located<Scene.Traction>, to load: inout DenseVector, _ diagnostics: inout DiagnosticList) {
    if case .vector(let vector) = traction.value.load {
      guard checkEntries(Located(vector, at: traction.mark), &diagnostics) else { return }
    }
    guard let facets = boundaryFacets(traction.value.at, &diagnostics) else { return }
    let integrals = PieceIntegrals(domain)
    for facet in facets {
      switch traction.value.load {
      case .vector(let vector):
        for (node, share) in zip(facet.nodes, integrals.shapeIntegrals(facet)) {
          for c in 0..<components { load[node * components + c] += thickness * share * vector[c] }
        }
      case .pressure(let pressure):
        for (node, normal) in zip(facet.nodes, integrals.normalIntegrals(facet)) {
          for c in 0..<components { load[node * components + c] -= thickness * pressure * normal[c] }
        }
      }
    }
  }

  /// Adds a flow through boundary facets: W/m² into the body.
  func addFlux(
    _ flux: Double, at selection: Located<Scene.Selection>, to load: inout DenseVector,
    _ diagnostics: inout DiagnosticList
  ) {
    guard let facets = boundaryFacets(selection, &diagnostics) else { return }
    let integrals = PieceIntegrals(domain)
    for facet in facets {
      for (node, share) in zip(facet.nodes, integrals.shapeIntegrals(facet)) { load[node] += thickness * share * flux }
    }
  }

  /// Adds a load per volume on cells, whatever the design.
  func addPerVolume(
    _ density: [Double], at selection: Located<Scene.Selection>?, to load: inout DenseVector,
    _ diagnostics: inout DiagnosticList
  ) {
    guard let counted = cellMask(selection, &diagnostics) else { return }
    load += sceneDomain.bodyLoad(perVolume: density, thickness: thickness).load(
      of: DenseVector(counted.map { $0 ? 1 : 0 }))
  }

  /// The cells of a selection; all cells when there is none.
  func cellMask(_ selection: Located<Scene.Selection>?, _ diagnostics: inout DiagnosticList) -> [Bool]? {
    guard let selection else { return [Bool](repeating: true, count: domain.cellCount) }
    guard let cells = resolver.resolve(selection, as: .cells, &diagnostics) else { return nil }
    var mask = [Bool](repeating: false, count: domain.cellCount)
    for cell in cells { mask[cell] = true }
    return mask
  }

  private func boundaryFacets(_ selection: Located<Scene.Selection>, _ diagnostics: inout DiagnosticList)
    -> [MeshPiece]?
  {
    guard let mask = nodeMask(selection, &diagnostics) else { return nil }
    guard checkMaterial(mask, selection.mark, &diagnostics) else { return nil }
    let facets = domain.pieces(within: mask, boundaryOnly: true)
    guard let first = facets.first, first.shape.dimension == domain.dimension - 1 else {
      diagnostics.add(
        selection.error(
          "the selection holds no whole \(domain.dimension == 2 ? "edge" : "face") of the boundary",
          remedy: "select an edge or a face, or use `forces` for points"))
      return nil
    }
    return facets
  }

  func checkEntries(_ vector: Located<[Double]>, _ diagnostics: inout DiagnosticList) -> Bool {
    if vector.value.count == components { return true }
    diagnostics.add(
      vector.error(
        "the vector has the wrong length", found: "\(vector.value.count) entries",
        expected: "\(components), one per axis"))
    return false
  }

  /// A load whose nodes all belong to void alone would move nothing but void.
  private func checkMaterial(_ mask: [Bool], _ mark: SourceMark, _ diagnostics: inout DiagnosticList) -> Bool {
    guard voidCells.contains(true) else { return true }
    for cell in 0..<domain.cellCount where !voidCells[cell] {
      if domain.nodes(ofCell: cell).contains(where: { mask[$0] }) { return true }
    }
    diagnostics.add(
      SceneDiagnostic(
        mark: mark, problem: "the load acts on void only",
        remedy: "move it to material, or shrink the `void` region of the design"))
    return false
  }
}
