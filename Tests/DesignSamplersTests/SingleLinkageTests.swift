import DesignSamplers
import Testing

@Suite("Single linkage") struct SingleLinkageTests {
  private func groups(_ places: [Double], threshold: Double) -> [[Int]] {
    SingleLinkage.groups(places.count, threshold: threshold) { abs(places[$0] - places[$1]) }
  }

  @Test("A chain of near items is one group, in whatever order they come") func chains() {
    #expect(groups([0, 1, 2, 5, 6], threshold: 1) == [[0, 1, 2], [3, 4]])
    // The third item joins two groups.
    #expect(groups([0, 2, 1, 9], threshold: 1) == [[0, 1, 2], [3]])
    #expect(groups([9, 0, 2, 4, 3, 1], threshold: 1) == [[0], [1, 2, 3, 4, 5]])
  }

  @Test("The threshold itself is near") func threshold() {
    #expect(groups([0, 1], threshold: 0.999) == [[0], [1]])
    #expect(groups([0, 1], threshold: 1) == [[0, 1]])
    #expect(groups([], threshold: 1).isEmpty)
  }
}
