import Testing

@testable import Pictures

@Suite struct ReportPageTests {
  private func model(_ n: Int) -> ReportModel {
    let grid = StructuredGrid(size: [2, 1, 1], cells: [2 * n, n, n])
    let field = DenseVector(
      (0..<grid.cellCount).map { cell in
        let c = grid.centroid(ofCell: cell)
        return c[0] * c[1] < 0.6 ? 1 : 0
      })
    let energy = Field("energy </script>", at: .cells, values: (0..<grid.cellCount).map(Double.init))
    let sag = Field("u_y", at: .nodes, values: (0..<grid.nodeCount).map { -grid.point(ofNode: $0)[0] })
    let displacement = DenseVector(sag.values.flatMap { [0, $0, 0] })
    return ReportModel(grid: grid, density: field, displacement: displacement, fields: [(energy, "J"), (sag, "m")])
  }

  @Test func everyTextIsEscaped() {
    let attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"
    var page = ReportPage(title: attack, subtitle: attack, summary: [.init(attack, attack)], model: model(4))
    page.timings = [.init(attack, attack)]
    page.sceneText = attack
    page.resultJSON = attack
    page.footer = attack
    page.still = .init(attack, .png([1, 2, 3]))
    page.pictures = [.init(attack, .png([1]))]
    page.convergence = ConvergencePlot(objectiveName: attack, objective: [2, 1])
    page.model?.fields[0].name = attack
    let html = page.html
    #expect(!html.contains("<img src=x") && !html.contains("<script>alert"))
    #expect(html.ranges(of: "</script>").count == 2)
    #expect(html.contains("default-src 'none'"))
  }

  @Test func nothingIsFetched() {
    let html = ReportPage(title: "t", model: model(3), still: .init("s", .png([0]))).html
    for address in ["src=\"http", "href=\"http", "@import", "url("] { #expect(!html.contains(address)) }
  }

  @Test func aModelKeepsItsFieldsAtItsVertices() {
    let model = model(4)
    #expect(model.surface.closedness.isClosed)
    for (vertex, moved) in zip(model.surface.vertices, model.displacement) {
      #expect(abs(moved.y + vertex.x) < 1e-12 && moved.x == 0)
    }
    #expect(model.fields[1].values.count == model.surface.vertices.count)
  }

  @Test func flatModelsHaveSharpCells() {
    let grid = StructuredGrid(size: [2, 1], cells: [2, 1])
    let model = ReportModel(
      domain: grid, keeping: { $0 == 1 }, displacement: DenseVector((0..<12).map(Double.init)),
      fields: [(Field("density", at: .cells, values: [0, 0.75]), "")])
    #expect(model.isPlanar && model.surface.vertices.count == 4 && model.surface.triangles.count == 2)
    #expect(model.fields[0].values == [0.75, 0.75, 0.75, 0.75])
    #expect(model.displacement[0] == SIMD3(2, 3, 0))
    #expect(model.surface.triangles.allSatisfy { model.surface.areaVector(of: $0).z > 0 })
  }

  @Test func largeSurfacesAreThinned() {
    let model = model(12)
    let limit = model.surface.triangles.count / 3
    let thin = model.thinned(to: limit)
    #expect(thin.surface.triangles.count <= limit && thin.surface.triangles.count > limit / 4)
    #expect(thin.fields.allSatisfy { $0.values.count == thin.surface.vertices.count })
    #expect(
      ReportPage(title: "t", model: model, triangleLimit: limit).html.utf8.count
        < ReportPage(title: "t", model: model).html.utf8.count)
  }

  @Test func emptyRunsStillHaveAPage() {
    let html = ReportPage(title: "nothing", model: ReportModel(surface: TriangleSurface())).html
    #expect(html.contains("<h1>nothing</h1>") && !html.contains("id=\"canvas\""))
  }

  @Test func theScriptStaysSmall() {
    #expect(ReportScript.source.split(separator: "\n", omittingEmptySubsequences: false).count < 300)
  }

  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
  func base64FollowsTheStandardsExamples(text: String, code: String) {
    #expect(Base64.encode(Array(text.utf8)) == code)
  }
}
