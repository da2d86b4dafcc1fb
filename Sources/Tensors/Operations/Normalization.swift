import DifferentiableCore

extension Variable {
  /// Group normalization (Wu & He 2018): every entry of the batch and group of channels is brought to mean zero and
  /// deviation one over its places, then scaled and shifted channel by channel.
  ///
  /// With as many groups as channels it is instance normalization (Ulyanov et al. 2016).
  /// - Parameters:
  ///   - groups: Must divide the channels.
  ///   - scale: `[channels]`.
  ///   - shift: `[channels]`.
  ///   - smallest: Added to the variance, so that a group without any does not divide by zero.
  public func groupNormalized(
    groups: Int, scale: Variable, shift: Variable, smallest: Double = 1e-5
  ) -> Variable {
    let (batch, channels) = (shape[0], shape[shape.count - 1])
    precondition(channels % groups == 0, "\(channels) channels in \(groups) groups")
    return normalized(
      batch: batch, places: count / max(1, batch * channels), channels: channels, groups: groups, scale: scale,
      shift: shift, smallest: smallest)
  }

  /// Layer normalization (Ba et al. 2016): every row brought to mean zero and deviation one, then scaled and shifted.
  public func layerNormalized(scale: Variable, shift: Variable, smallest: Double = 1e-5) -> Variable {
    let channels = shape[shape.count - 1]
    return normalized(
      batch: count / max(1, channels), places: 1, channels: channels, groups: 1, scale: scale, shift: shift,
      smallest: smallest)
  }

  private func normalized(
    batch: Int, places: Int, channels: Int, groups: Int, scale: Variable, shift: Variable, smallest: Double
  ) -> Variable {
    precondition(scale.count == channels && shift.count == channels, "scales of \(scale.shape) for \(shape)")
    let pool = tape.pool
    let n = NormalizationKernel<Scalar>(batch: batch, places: places, channels: channels, groups: groups)
    let (mean, inverse) = n.moments(value, smallest: smallest, pool: pool)
    let out = n.apply(value, mean, inverse, scale.value, shift.value, pool: pool)
    return tape.record(out, of: [self, scale, shift]) { seed, gradients in
      let sums = n.channelSums(self.value, seed, mean, inverse, pool: pool)
      if gradients.wants(self) {
        gradients.add(n.pullback(self.value, seed, mean, inverse, scale.value, sums, pool: pool), to: self)
      }
      let (scales, shifts) = n.parameterGradients(sums, pool: pool)
      gradients.add(scales, to: scale)
      gradients.add(shifts, to: shift)
    }
  }
}

/// The passes of a normalization over `[batch, places, channels]` in groups of channels. With z = (x - m) r, the
/// pullback of a seed s through y = g z + b is r (g s - mean(g s) - z mean(g s z)), the means over the group.
private struct NormalizationKernel<S: TensorScalar>: Sendable {
  let batch: Int
  let places: Int
  let channels: Int
  let groups: Int
  var channelsOfGroup: Int { channels / groups }

  /// Mean and inverse deviation, each given for every channel: `[batch, channels]`.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func moments(_ x: Tensor<S>, smallest: Double, pool: TensorPool) -> (Tensor<S>, Tensor<S>) {
    let mean = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let inverse = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let shared = UncheckedShared(
      (x: UnsafePointer(x.storage.pointer), mean: mean.storage.pointer, inverse: inverse.storage.pointer))
    concurrentlyForEach(count: batch, block: max(1, 4096 / (places * channels))) { range in
      let (x, mean, inverse) = shared.value
      // Channel sums of the entries and their squares; the mean of the first place is taken off for accuracy.
      withUnsafeTemporaryAllocation(of: S.self, capacity: 2 * channels + S.slack) { buffer in
        let (sum, square) = (buffer.baseAddress!, buffer.baseAddress! + channels)
        for n in range {
          let first = x + n * places * channels
          buffer.initialize(repeating: 0)
          for place in 0..<places {
            let p = first + place * channels
            var c = 0
            while c &+ S.lanes <= channels {
              let d = S.load(p + c) - S.load(first + c)
              S.store(S.load(sum + c) + d, sum + c)
              S.store(S.fused(S.load(square + c), d, d), square + c)
              c &+= S.lanes
            }
            while c < channels {
              let d = p[c] - first[c]
              sum[c] += d
              square[c] += d * d
              c &+= 1
            }
          }
          for group in 0..<groups {
            let range = group * channelsOfGroup..<(group + 1) * channelsOfGroup
            let size = Double(places * channelsOfGroup)
            var total = 0.0
            for c in range { total += Double(sum[c]) + Double(places) * Double(first[c]) }
            let m = total / size
            var variance = 0.0
            for c in range {
              // sum (d + f - m)^2
              let f = Double(first[c]) - m
              variance += Double(square[c]) + 2 * f * Double(sum[c]) + Double(places) * f * f
            }
            let r = 1 / (max(0, variance / size) + smallest).squareRoot()
            for c in range {
              mean[n * channels + c] = S(m)
              inverse[n * channels + c] = S(r)
            }
          }
        }
      }
    }
    withExtendedLifetime(x) {}
    return (mean, inverse)
  }

  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func apply(
    _ x: Tensor<S>, _ mean: Tensor<S>, _ inverse: Tensor<S>, _ scale: Tensor<S>, _ shift: Tensor<S>, pool: TensorPool
  ) -> Tensor<S> {
    // y = x a + b with a = g r and b = h - m g r.
    let a = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let b = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    for n in 0..<batch {
      for c in 0..<channels {
        let i = n &* channels &+ c
        let factor = scale.storage.pointer[c] * inverse.storage.pointer[i]
        a.storage.pointer[i] = factor
        b.storage.pointer[i] = shift.storage.pointer[c] - mean.storage.pointer[i] * factor
      }
    }
    return affine(x, a, nil, nil, b, pool: pool)
  }

  /// out = x a + seed k + b, all `[batch, channels]` but x and the seed.
  @inline(__always)
  private func affine(
    _ x: Tensor<S>, _ a: Tensor<S>, _ seed: Tensor<S>?, _ k: Tensor<S>?, _ b: Tensor<S>, pool: TensorPool
  ) -> Tensor<S> {
    let out = Tensor<S>(uninitialized: x.shape, pool: pool)
    let shared = UncheckedShared(
      (
        out: out.storage.pointer, x: UnsafePointer(x.storage.pointer), a: UnsafePointer(a.storage.pointer),
        b: UnsafePointer(b.storage.pointer), seed: seed.map { UnsafePointer($0.storage.pointer) },
        k: k.map { UnsafePointer($0.storage.pointer) }
      ))
    concurrentlyForEach(count: batch * places, block: max(1, 8192 / channels)) { range in
      let (out, x, a, b, seed, k) = shared.value
      for row in range {
        let n = row / places * channels
        let (p, q) = (x + row * channels, out + row * channels)
        var c = 0
        if let seed, let k {
          let s = seed + row * channels
          while c &+ S.lanes <= channels {
            let first = S.fused(S.load(b + n + c), S.load(p + c), S.load(a + n + c))
            S.store(S.fused(first, S.load(s + c), S.load(k + n + c)), q + c)
            c &+= S.lanes
          }
          while c < channels {
            q[c] = b[n + c] + p[c] * a[n + c] + s[c] * k[n + c]
            c &+= 1
          }
        } else {
          while c &+ S.lanes <= channels {
            S.store(S.fused(S.load(b + n + c), S.load(p + c), S.load(a + n + c)), q + c)
            c &+= S.lanes
          }
          while c < channels {
            q[c] = b[n + c] + p[c] * a[n + c]
            c &+= 1
          }
        }
      }
    }
    withExtendedLifetime((x, seed, a, b, k)) {}
    return out
  }

  /// Sums over the places of the seed and of the seed times z, for every channel: `[2, batch, channels]`.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func channelSums(
    _ x: Tensor<S>, _ seed: Tensor<S>, _ mean: Tensor<S>, _ inverse: Tensor<S>, pool: TensorPool
  ) -> Tensor<S> {
    let out = Tensor<S>(zeros: [2, batch, channels], pool: pool)
    let shared = UncheckedShared(
      (
        x: UnsafePointer(x.storage.pointer), seed: UnsafePointer(seed.storage.pointer),
        mean: UnsafePointer(mean.storage.pointer), inverse: UnsafePointer(inverse.storage.pointer),
        out: out.storage.pointer
      ))
    let total = batch * channels
    concurrentlyForEach(count: batch, block: max(1, 4096 / (places * channels))) { range in
      let (x, seed, mean, inverse, out) = shared.value
      for n in range {
        let (m, sum, product) = (mean + n * channels, out + n * channels, out + total + n * channels)
        for place in 0..<places {
          let offset = (n * places + place) * channels
          let (p, s) = (x + offset, seed + offset)
          var c = 0
          while c &+ S.lanes <= channels {
            let v = S.load(s + c)
            S.store(S.load(sum + c) + v, sum + c)
            S.store(S.fused(S.load(product + c), v, S.load(p + c) - S.load(m + c)), product + c)
            c &+= S.lanes
          }
          while c < channels {
            sum[c] += s[c]
            product[c] += s[c] * (p[c] - m[c])
            c &+= 1
          }
        }
        for c in 0..<channels { product[c] *= inverse[n * channels + c] }
      }
    }
    withExtendedLifetime((x, seed, mean, inverse)) {}
    return out
  }

  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func pullback(
    _ x: Tensor<S>, _ seed: Tensor<S>, _ mean: Tensor<S>, _ inverse: Tensor<S>, _ scale: Tensor<S>,
    _ sums: Tensor<S>, pool: TensorPool
  ) -> Tensor<S> {
    // dx = s (g r) + x a + b with a = -r^2 mean(g s z) and b = -r mean(g s) - m a.
    let k = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let a = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let b = Tensor<S>(uninitialized: [batch, channels], pool: pool)
    let (g, r, m) = (scale.storage.pointer, inverse.storage.pointer, mean.storage.pointer)
    let (s, z) = (sums.storage.pointer, sums.storage.pointer + batch * channels)
    let size = S(places * channelsOfGroup)
    for n in 0..<batch {
      for group in 0..<groups {
        let range = group * channelsOfGroup..<(group + 1) * channelsOfGroup
        var (seeds, products) = (S.zero, S.zero)
        for c in range {
          seeds += g[c] * s[n &* channels &+ c]
          products += g[c] * z[n &* channels &+ c]
        }
        for c in range {
          let i = n &* channels &+ c
          k.storage.pointer[i] = g[c] * r[i]
          let slope = -r[i] * r[i] * products / size
          a.storage.pointer[i] = slope
          b.storage.pointer[i] = -r[i] * seeds / size - m[i] * slope
        }
      }
    }
    withExtendedLifetime((mean, inverse, scale, sums)) {}
    return affine(x, a, seed, k, b, pool: pool)
  }

  /// The gradients of scale and shift: the sums over the batch.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func parameterGradients(_ sums: Tensor<S>, pool: TensorPool) -> (scale: Tensor<S>, shift: Tensor<S>) {
    let scales = Tensor<S>(zeros: [channels], pool: pool)
    let shifts = Tensor<S>(zeros: [channels], pool: pool)
    let (s, z) = (sums.storage.pointer, sums.storage.pointer + batch * channels)
    for n in 0..<batch {
      for c in 0..<channels {
        shifts.storage.pointer[c] += s[n &* channels &+ c]
        scales.storage.pointer[c] += z[n &* channels &+ c]
      }
    }
    withExtendedLifetime(sums) {}
    return (scales, shifts)
  }
}
