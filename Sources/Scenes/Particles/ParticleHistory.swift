import FieldIO

/// How a simulation of particles went, a row now and then.
struct ParticleHistory {
  struct Row {
    var time: Double
    var step: Int
    var measures: ParticleMeasures
    /// Of each named solid and body; see `SolidMeasures.columns`.
    var solids: [Double] = []
  }

  private(set) var rows: [Row] = []
  let dimension: Int

  /// Columns for named solids and bodies.
  let solidColumns: [String]

  init(dimension: Int, solidColumns: [String] = []) {
    self.dimension = dimension
    self.solidColumns = solidColumns
  }

  mutating func append(_ row: Row) {
    if rows.last?.step != row.step { rows.append(row) }
  }

  /// Columns with SI units as the scene reference gives them.
  var csv: [UInt8] {
    let momenta = Axis.allCases.prefix(dimension).map { "momentum-\($0)" }
    var file = CSVFile(
      columns: ["time", "step", "kinetic-energy", "greatest-speed", "density-min", "density-max"] + momenta
        + solidColumns)
    for row in rows {
      let m = row.measures
      file.append(
        [
          .real(row.time), .integer(row.step), .real(m.kineticEnergy), .real(m.greatestSpeed), .real(m.leastDensity),
          .real(m.greatestDensity),
        ] + m.momentum.map { .real($0) } + row.solids.map { .real($0) })
    }
    return file.bytes
  }
}
