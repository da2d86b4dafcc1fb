extension ReportModel {
  /// What the page's script reads: JSON with arrays in base64.
  ///
  /// Coordinates, displacements and field values are quantized to 16 bits of their own range, far below what a screen
  /// shows. Numbers are little-endian, as every browser's typed arrays are.
  func payload(map: ColorMap) -> String {
    guard let bounds = surface.bounds else { return "null" }
    let size = bounds.upper - bounds.lower
    let unitStep = size.max() > 0 ? size.max() / 65535 : 1
    var positions: [UInt16] = []
    positions.reserveCapacity(3 * surface.vertices.count)
    for v in surface.vertices {
      let q = (v - bounds.lower) / unitStep
      for axis in 0..<3 { positions.append(UInt16(Self.quantized(q[axis], within: 65535))) }
    }
    let isSmall = surface.vertices.count <= 65536
    let corners = surface.triangles.flatMap { [$0.x, $0.y, $0.z] }
    let indices = isSmall ? Self.base64(corners.map { UInt16($0) }) : Self.base64(corners.map { UInt32($0) })

    let reach = displacement.lazy.flatMap { [abs($0.x), abs($0.y), abs($0.z)] }.filter(\.isFinite).max() ?? 0
    let displacementStep = reach > 0 ? reach / 32767 : 0
    let moves =
      displacementStep > 0
      ? displacement.flatMap { d in
        (0..<3).map { Int16(Self.quantized(d[$0] / displacementStep, within: 32767, signed: true)) }
      } : []

    let fieldTexts = fields.map { field -> String in
      let range = FieldRange.robust(field.values)
      let low = range.lowerBound, high = range.upperBound
      let peak = field.values.lazy.filter(\.isFinite).max() ?? high
      let scale = high > low ? 65535 / (high - low) : 0
      let codes = field.values.map { UInt16(Self.quantized(($0 - low) * scale, within: 65535)) }
      return """
        {"name":\(JSONText.string(field.name)),"unit":\(JSONText.string(field.unit)),\
        "low":\(JSONText.string(NumberText.short(low))),"high":\(JSONText.string((peak > high ? "≥ " : "") + NumberText.short(high))),\
        "data":"\(Self.base64(codes))"}
        """
    }
    let colors = (0..<64).map { map[Double($0) / 63].rgba }.flatMap { [$0.x, $0.y, $0.z] }
    let (right, up, back) = view.frame
    let frame = [right, up, back].flatMap { [$0.x, $0.y, $0.z] }.map { "\($0)" }.joined(separator: ",")
    let above = view.upVector
    return """
      {"planar":\(isPlanar),"step":\(unitStep),"size":[\(size.x),\(size.y),\(size.z)],\
      "wide":\(!isSmall),"positions":"\(Self.base64(positions))","indices":"\(indices)",\
      "displacementStep":\(displacementStep),"displacement":"\(Self.base64(moves))",\
      "fields":[\(fieldTexts.joined(separator: ","))],"colors":[\(colors.map(String.init).joined(separator: ","))],\
      "frame":[\(frame)],"up":[\(above.x),\(above.y),\(above.z)]}
      """
  }

  /// The nearest whole number in 0...limit or -limit...limit; zero for what is not a number.
  private static func quantized(_ value: Double, within limit: Int, signed: Bool = false) -> Int {
    if value.isNaN { return 0 }
    return Int(min(max(value.rounded(), signed ? -Double(limit) : 0), Double(limit)))
  }

  private static func base64<Integer: FixedWidthInteger>(_ values: [Integer]) -> String {
    values.withUnsafeBytes { raw in
      #if _endian(little)
        return Base64.encode(Array(raw))
      #else
        return Base64.encode(values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
      #endif
    }
  }

  /// The model with at most about `limit` triangles: vertices in the same box of a coarse lattice become one.
  ///
  /// For display only: parts thinner than a box may close up. (Vertex clustering, Rossignac & Borrel 1993.)
  func thinned(to limit: Int) -> ReportModel {
    guard surface.triangles.count > limit, let bounds = surface.bounds else { return self }
    var result = self
    // Triangles go with the square of the lattice's fineness; a surface never has more than it began with.
    var lattice = (Double(limit) / 4).squareRoot() * 1.6
    while result.surface.triangles.count > limit && lattice > 4 {
      result = clustered(box: (bounds.upper - bounds.lower).max() / lattice, from: bounds.lower)
      lattice *= 0.85
    }
    return result
  }

  private func clustered(box: Double, from origin: SIMD3<Double>) -> ReportModel {
    var numberOfBox: [SIMD3<Int32>: Int32] = [:]
    var target = [Int32](repeating: 0, count: surface.vertices.count), counts: [Double] = []
    for (v, point) in surface.vertices.enumerated() {
      let q = ((point - origin) / box).rounded(.down)
      let key = SIMD3<Int32>(Int32(q.x), Int32(q.y), Int32(q.z))
      let number = numberOfBox[key] ?? Int32(counts.count)
      if Int(number) == counts.count {
        numberOfBox[key] = number
        counts.append(0)
      }
      counts[Int(number)] += 1
      target[v] = number
    }
    func mean<V: SIMD>(_ values: [V]) -> [V] where V.Scalar == Double {
      var sums = [V](repeating: V(), count: values.isEmpty ? 0 : counts.count)
      for (v, value) in values.enumerated() { sums[Int(target[v])] += value / counts[Int(target[v])] }
      return sums
    }
    let triangles = surface.triangles
      .map { SIMD3(target[Int($0.x)], target[Int($0.y)], target[Int($0.z)]) }
      .filter { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x }
    return ReportModel(
      surface: TriangleSurface(vertices: mean(surface.vertices), triangles: triangles),
      displacement: mean(displacement),
      fields: fields.map { field in
        var sums = [Double](repeating: 0, count: counts.count)
        for (v, value) in field.values.enumerated() { sums[Int(target[v])] += value / counts[Int(target[v])] }
        return ScalarField(field.name, unit: field.unit, values: sums)
      }, isPlanar: isPlanar, view: view)
  }
}

/// Strings inside JSON inside HTML.
enum JSONText {
  /// Quoted and escaped; `<`, `>` and `&` too, so that no text can end the script element around it.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "<", ">", "&", "\u{2028}", "\u{2029}": result += escape(scalar.value)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += escape(scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func escape(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
