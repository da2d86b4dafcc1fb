import Tensors
import Testing

@Suite("Tapes") struct TapeTests {
  @Test("A record is freed with its last variable, and its memory serves the next")
  func memory() {
    let pool = TensorPool()
    weak var tape: Tape<Float>?
    do {
      let here = Tape<Float>(pool: pool)
      tape = here
      let x = here.input(Tensor(repeating: 2, shape: [1000]))
      let y = (x * x + x).silu().sum()
      let gradients = here.gradient(of: y)
      #expect(gradients[x].count == 1000)
      #expect(tape != nil)
    }
    #expect(tape == nil, "the tape is still held by what was recorded on it")
    #expect(pool.freeBytes > 8000)
    let free = pool.freeBytes
    do {
      let here = Tape<Float>(pool: pool)
      let x = here.input(Tensor(repeating: 2, shape: [1000]))
      _ = here.gradient(of: (x * x + x).silu().sum())
    }
    #expect(pool.freeBytes == free, "a second evaluation took new memory")
  }

  @Test("A record of many operations is freed without recursion")
  func longRecord() {
    let tape = Tape<Float>()
    var x = tape.input(Tensor([1], shape: [1]))
    let start = x
    for _ in 0..<200_000 { x = x.shifted(by: 1e-6) }
    #expect(tape.gradient(of: x)[start].elements == [1])
  }

  @Test("Several pullbacks of one record, and of results that share a part")
  func severalPullbacks() {
    let tape = Tape<Double>()
    let x = tape.input(Tensor([3], shape: [1]))
    let square = x * x
    let cube = square * x
    #expect(tape.gradient(of: cube)[x].elements == [27])
    #expect(tape.gradient(of: cube)[x].elements == [27])
    #expect(tape.gradient(of: square)[x].elements == [6])
    #expect(tape.gradient(of: square.detached() * x)[x].elements == [9])
    let unrelated = tape.input(Tensor([1], shape: [1]))
    #expect(tape.gradient(of: cube)[unrelated].elements == [0])
  }
}
