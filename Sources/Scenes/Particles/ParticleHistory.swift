import FieldIO
import SmoothedParticles

/// How a simulation of particles went, a row now and then.
struct ParticleHistory {
  struct Row {
    var time: Double
    var step: Int
    var measures: ParticleMeasures
    /// Of the step before; nil where there is none.
    var pressure: PressureReport?
    /// Of each named solid and body; see `SolidMeasures.columns`.
    var solids: [Double] = []
  }

  private(set) var rows: [Row] = []
  let dimension: Int
  let hasPressureSolves: Bool

  /// Columns for named solids and bodies.
  let solidColumns: [String]

  init(dimension: Int, hasPressureSolves: Bool = false, solidColumns: [String] = []) {
    self.dimension = dimension
    self.hasPressureSolves = hasPressureSolves
    self.solidColumns = solidColumns
  }

  mutating func append(_ row: Row) {
    if rows.last?.step != row.step { rows.append(row) }
  }

  /// Columns with SI units as the scene reference gives them.
  var csv: [UInt8] {
    let momenta = Axis.allCases.prefix(dimension).map { "momentum-\($0)" }
    var file = CSVFile(
      columns: ["time", "step", "kinetic-energy", "greatest-speed", "density-min", "density-max", "compression"]
        + momenta + (hasPressureSolves ? Self.pressureColumns : []) + solidColumns)
    for row in rows {
      let m = row.measures
      file.append(
        [
          .real(row.time), .integer(row.step), .real(m.kineticEnergy), .real(m.greatestSpeed), .real(m.leastDensity),
          .real(m.greatestDensity), .real(m.compression),
        ] + m.momentum.map { .real($0) } + (hasPressureSolves ? pressure(row.pressure ?? PressureReport()) : [])
          + row.solids.map { .real($0) })
    }
    return file.bytes
  }

  private static let pressureColumns = [
    "density-iterations", "density-residual", "divergence-iterations", "divergence-residual",
  ]

  private func pressure(_ report: PressureReport) -> [CSVFile.Entry] {
    [
      .integer(report.density), .real(report.densityResidual), .integer(report.divergence),
      .real(report.divergenceResidual),
    ]
  }
}
