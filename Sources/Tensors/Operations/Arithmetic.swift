extension Variable {
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func + (a: Variable, b: Variable) -> Variable {
    a.tape.record(mapped(a.value, b.value, LaneSum(), pool: a.tape.pool), of: [a, b]) { seed, gradients in
      gradients.add(seed, to: a)
      gradients.add(seed, to: b)
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func - (a: Variable, b: Variable) -> Variable {
    a.tape.record(mapped(a.value, b.value, LaneDifference(), pool: a.tape.pool), of: [a, b]) { seed, gradients in
      gradients.add(seed, to: a)
      gradients.add(mapped(seed, LaneScale(factor: -1), pool: b.tape.pool), to: b)
    }
  }

  /// The product entry by entry.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public static func * (a: Variable, b: Variable) -> Variable {
    a.tape.record(mapped(a.value, b.value, LaneProduct(), pool: a.tape.pool), of: [a, b]) { seed, gradients in
      gradients.add(mapped(seed, b.value, LaneProduct(), pool: a.tape.pool), to: a)
      gradients.add(mapped(seed, a.value, LaneProduct(), pool: b.tape.pool), to: b)
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func scaled(by factor: Scalar) -> Variable {
    tape.record(mapped(value, LaneScale(factor: factor), pool: tape.pool), of: [self]) { seed, gradients in
      gradients.add(mapped(seed, LaneScale(factor: factor), pool: self.tape.pool), to: self)
    }
  }

  /// Every entry plus a number.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func shifted(by shift: Scalar) -> Variable {
    tape.record(mapped(value, LaneShift(shift: shift), pool: tape.pool), of: [self]) { seed, gradients in
      gradients.add(seed, to: self)
    }
  }
}
