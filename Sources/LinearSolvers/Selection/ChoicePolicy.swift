/// A way to choose one of a few settings round by round, from what the choices cost.
///
/// Draws come from a seed and the number of the round, so that a saved state goes on with the same choices.
public protocol ChoicePolicy: Sendable {
  var choices: Int { get }
  /// Rounds that ended.
  var round: Int { get }
  /// The choice of this round: the same each time it is asked for.
  /// - Parameter feature: what is known of the round before it begins, in -1...1; policies without a context ignore it.
  func choice(feature: Double) -> Int
  /// Ends the round with what its choice cost, in any unit that stays the same.
  mutating func update(feature: Double, cost: Double)
  func save() -> NamedArrays
  /// The state saved; nil where it is of other choices.
  func restored(from arrays: NamedArrays) -> Self?
}
