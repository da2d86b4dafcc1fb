import FiniteElements
import InverseDesign

/// Reads displacement, stress and energy, or temperature and flux, off the state of a cellwise physics.
struct CellwisePresenter<Stiffness: CellwiseStiffness>: StatePresenter {
  let equations: CellwiseEquations<Stiffness>
  let material: any PointwiseTransform
  let form: BuiltPhysics.Form
  let loadCaseNames: [String]
  let modulus: Double

  private var domain: any Domain { equations.stiffness.domain }

  var deformation: String? { form == .diffusion ? nil : fieldName("displacement", 0) }
  var colour: String { form == .diffusion ? "temperature" : fieldName("von-mises-stress", 0) }

  var isScalar: Bool { equations.stiffness.componentsPerNode == 1 }

  private func fieldName(_ name: String, _ column: Int) -> String {
    loadCaseNames.count == 1 ? name : "\(name).\(loadCaseNames[column])"
  }

  func fields(field: DenseVector, state: DenseVector) -> [NamedField] {
    var fields = [NamedField("density", unit: "1", place: .cells, values: field)]
    guard !state.isEmpty, let coefficients = try? material.apply(field) else { return fields }
    let d = domain.dimension
    for (column, u) in state.columns(equations.columnCount).enumerated() {
      switch form {
      case .elasticity(let poissonRatio, let assumption):
        let recovery = StressRecovery(domain, poissonRatio: poissonRatio, assumption: assumption)
        fields.append(NamedField(fieldName("displacement", column), unit: "m", place: .nodes, components: d, values: u))
        fields.append(
          NamedField(
            fieldName("von-mises-stress", column), unit: "Pa", place: .cells,
            values: recovery.vonMises(displacement: u, modulus: coefficients)))
        var energy = equations.stiffness.cellEnergies(u, u)
        for cell in energy.indices { energy[cell] *= 0.5 * coefficients[cell] / domain.volume(ofCell: cell) }
        fields.append(
          NamedField(fieldName("strain-energy-density", column), unit: "J/m^3", place: .cells, values: energy))
      case .diffusion:
        fields.append(NamedField("temperature", unit: "K", place: .nodes, values: u))
        fields.append(
          NamedField(
            "heat-flux", unit: "W/m^2", place: .cells, components: d,
            values: FluxRecovery(domain).flux(temperature: u, conductivity: coefficients)))
      }
    }
    return fields
  }
}
