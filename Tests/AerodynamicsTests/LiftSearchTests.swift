import DifferentiableCore
import Foundation
import Testing

@testable import Aerodynamics

struct LiftSearchTests {
  /// Lift over angle like a foil's: a slope of 2π that falls to nothing at 0.25 radians.
  private func lift(_ angle: Double) -> (value: Double, slope: Double) {
    (2 * .pi * (angle - abs(angle) * angle / 0.5), 2 * .pi * (1 - abs(angle) / 0.25))
  }

  @Test(arguments: [0.0, 0.3, 0.7, 0.77, -0.5, -0.77])
  func findsLiftsBelowTheLargest(asked: Double) throws {
    var search = LiftSearch(for: asked, from: 0.4 * asked)
    var attempts = 0
    while !search.accepts(lift(search.angle).value) {
      let (value, slope) = lift(search.angle)
      try search.goesOn(lift: value, slope: slope)
      attempts += 1
    }
    #expect(abs(lift(search.angle).value - asked) < 1e-8)
    #expect(abs(search.angle) < 0.25)
    #expect(attempts <= 12)
  }

  /// The largest lift is 0.785: what lies above is refused after few flows, with the angles of the maximum.
  @Test(arguments: [0.79, 1.0, 2.0, -0.79, -1.0])
  func refusesLiftsAboveTheLargest(asked: Double) throws {
    var search = LiftSearch(for: asked, from: asked / (2 * .pi))
    var attempts = 0
    let failure = #expect(throws: SolveFailure.self) {
      while !search.accepts(lift(search.angle).value) {
        let (value, slope) = lift(search.angle)
        attempts += 1
        try search.goesOn(lift: value, slope: slope)
      }
    }
    #expect(attempts <= 8)
    #expect(failure?.message.contains("maximum between") == true)
  }

  /// A dip, such as a transition that jumps makes, does not hide the lifts beyond it.
  @Test func looksBeyondADip() throws {
    func dipped(_ angle: Double) -> (value: Double, slope: Double) {
      let (value, slope) = lift(angle)
      let place = (angle - 0.06) / 0.01
      let dip = 0.06 * exp(-place * place)
      return (value - dip, slope + dip * 2 * place / 0.01)
    }
    var search = LiftSearch(for: 0.45, from: 0.045)
    var attempts = 0
    while !search.accepts(dipped(search.angle).value) {
      let (value, slope) = dipped(search.angle)
      try search.goesOn(lift: value, slope: slope)
      attempts += 1
    }
    #expect(abs(dipped(search.angle).value - 0.45) < 1e-8)
    #expect(attempts <= 20)
  }

  /// A foil without a flow beyond 0.1 radians: the search comes up to there, and says what it last found.
  @Test func saysWhereFlowsEnd() throws {
    var search = LiftSearch(for: 0.7, from: 0.05)
    var attempts = 0
    let failure = #expect(throws: SolveFailure.self) {
      while true {
        attempts += 1
        if search.angle > 0.1 {
          try search.fails(with: SolveFailure(.stalled, "no flow"))
          continue
        }
        let (value, slope) = lift(search.angle)
        if search.accepts(value) { break }
        try search.goesOn(lift: value, slope: slope)
      }
    }
    #expect(attempts < 20)
    #expect(failure?.message.contains("no flow") == true)
    #expect(failure?.message.contains("degrees, and beyond") == true)
  }

  /// The first flow's failure has nothing to step back to.
  @Test func passesOnTheFirstFailure() {
    var search = LiftSearch(for: 0.7, from: 0.1)
    #expect(throws: SolveFailure.self) { try search.fails(with: SolveFailure(.stalled, "no flow")) }
  }
}
