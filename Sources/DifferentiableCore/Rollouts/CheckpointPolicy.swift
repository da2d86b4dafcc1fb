/// Which states a rollout keeps for its adjoint.
public enum CheckpointPolicy: Sendable, Hashable {
  /// The state before every step: nothing is computed twice.
  case everything
  /// States in so many bytes of memory, at least one, and beyond them on disk if there is a folder for it. Steps between
  /// them are repeated in the reverse sweep. The first state takes no room: it follows from the parameters. Nor do the
  /// entries that a stepper finds anew.
  ///
  /// Where the number of steps is known before the run, the states lie as in Griewank & Walther, ACM Trans. Math. Softw.
  /// 26 (2000) 19: no placement repeats fewer steps. Where it is not, they are moved during the run as in Wang, Moin &
  /// Iaccarino, SIAM J. Sci. Comput. 31 (2009) 2549: no step is repeated more often than the best placement would.
  case budget(bytes: Int, spill: SpillFolder? = nil)
}

/// A place on disk for checkpoints. The file in it has no name once it is open: nothing is left behind, however a run ends.
public struct SpillFolder: Sendable, Hashable {
  public var path: String
  /// The most bytes to use.
  public var bytes: Int

  public init(_ path: String, bytes: Int = .max) {
    self.path = path
    self.bytes = bytes
  }
}
