import SmoothedParticles

/// Finds parts of a scene of particles that do not go with one another, at the place of the part that has to go.
struct CombinationCheck {
  let physics: Scene.SmoothedParticles
  let design: Located<any Scene.Design>?

  func check(_ diagnostics: inout DiagnosticList) {
    checkScheme(&diagnostics)
    checkMoving(&diagnostics)
    if physics.boundaryScheme.value == .modifiedDynamic { checkMirrors(&diagnostics) }
  }

  private var weaklyCompressible: ContinuityScheme? {
    if case .weaklyCompressible(let scheme) = physics.scheme { scheme } else { nil }
  }

  private var schemeWord: String {
    switch physics.scheme {
    case .summation: "summation"
    case .weaklyCompressible: "weakly-compressible"
    case .incompressible: "incompressible"
    case .compressible: "compressible"
    }
  }

  private var openings: [Located<Scene.OpenSide>] { physics.inlets + physics.outlets }

  /// What needs weakly compressible flow.
  private func checkScheme(_ diagnostics: inout DiagnosticList) {
    if weaklyCompressible != nil { return }
    let remedy = "take the scheme `weakly-compressible`"
    if let body = physics.bodies.first {
      if case .incompressible(let scheme) = physics.scheme {
        if scheme.iteration != .conjugateGradients {
          diagnostics.add(
            body.error(
              "bodies in incompressible flow do not go with relaxed Jacobi iterations",
              remedy: "take conjugate gradients, or the scheme `weakly-compressible`"))
        }
      } else {
        diagnostics.add(
          body.error(
            "the scheme `\(schemeWord)` moves no bodies", remedy: "take `weakly-compressible` or `incompressible`"))
      }
    }
    if let opening = openings.first {
      diagnostics.add(opening.error("the scheme `\(schemeWord)` has no inlets or outlets", remedy: remedy))
    }
    if physics.boundaryScheme.value == .modifiedDynamic {
      diagnostics.add(
        physics.boundaryScheme.error("the scheme `\(schemeWord)` has no walls with mirror points", remedy: remedy))
    }
  }

  /// What bodies, inlets and outlets do not go with.
  private func checkMoving(_ diagnostics: inout DiagnosticList) {
    guard let mark = physics.bodies.first?.mark ?? openings.first?.mark else { return }
    let forces = [("surface-tension", physics.surfaceTension?.mark), ("rheology", physics.rheology?.mark)]
    for (word, place) in forces {
      guard let place else { continue }
      diagnostics.add(
        SceneDiagnostic(
          mark: place, problem: "`\(word)` does not go with bodies, inlets or outlets",
          remedy: "leave out one of them"))
    }
    if weaklyCompressible?.correctsGradients == true {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "bodies, inlets and outlets do not go with `corrected-gradients`",
          remedy: "leave out one of them"))
    }
    if let scheme = weaklyCompressible, scheme.densityRelaxation != 0, let opening = openings.first {
      diagnostics.add(
        opening.error("inlets and outlets do not go with `density-relaxation`", remedy: "leave out one of them"))
    }
    if weaklyCompressible?.shifting != nil, let opening = openings.first {
      diagnostics.add(
        opening.error("inlets and outlets do not go with `shifting`", remedy: "leave out one of them"))
    }
  }

  /// What mirror points do not go with.
  private func checkMirrors(_ diagnostics: inout DiagnosticList) {
    func refuse(_ mark: SourceMark?, _ what: String, _ remedy: String) {
      guard let mark else { return }
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "`boundary-scheme: modified-dynamic` does not go with \(what)", remedy: remedy))
    }
    let other = "leave them out, or the `boundary-scheme`"
    refuse(physics.bodies.first?.mark, "bodies", other)
    refuse(openings.first?.mark, "inlets or outlets", other)
    refuse(physics.rheology?.mark, "`rheology`", "leave one of them out")
    refuse(
      ToolFilling.designs(design).first { $0.value is Scene.ToolDesign }?.mark, "tools", "leave one of them out")
    for solid in physics.solids {
      refuse(solid.value.motion?.mark, "a `motion`", "leave it out, or the `boundary-scheme`")
      if solid.value.region != nil {
        refuse(solid.mark, "a solid that is a `region`", "give it a `shape`, whose distance is known")
      }
    }
  }
}
