import DifferentiableCore
import Foundation

/// Rigid links of one length, joined one after the other in the plane; the variables are the angles of the joints, in rad.
///
/// The first joint is fixed at the root and turns the first link against the chain's direction, each further one turns
/// its link against the one before. The family of tools of Allen et al., "Inverse design for fluid-structure
/// interactions using graph network simulators", NeurIPS 2022.
public struct JointChain: LineTool {
  public let joints: Int
  public let band: PolylineBand
  private let nodes: Nodes

  /// - Parameters:
  ///   - root: where the chain is fixed, m.
  ///   - direction: of the chain with all angles zero, rad from the x axis.
  ///   - length: of the whole chain, m.
  ///   - joints: links, each with the joint at its beginning.
  ///   - spacing: of particles, m.
  ///   - layers: across a link.
  public init(root: [Double], direction: Double, length: Double, joints: Int, spacing: Double, layers: Int) {
    precondition(root.count == 2 && joints > 0 && length > 0)
    self.joints = joints
    let link = length / Double(joints)
    band = PolylineBand(lengths: [Double](repeating: link, count: joints), spacing: spacing, layers: layers)
    nodes = Nodes(root: root, direction: direction, link: link)
  }

  public var variables: Block { Block("joint-angle", shape: [joints], unit: "rad") }
  public var line: any Transform { nodes }

  /// Angles to nodes.
  struct Nodes: Transform {
    let root: [Double]
    let direction: Double
    let link: Double

    func apply(_ angles: DenseVector) -> DenseVector {
      var nodes = DenseVector(root), heading = direction
      for (k, angle) in angles.elements.enumerated() {
        heading += angle
        nodes.elements.append(nodes[2 * k] + link * cos(heading))
        nodes.elements.append(nodes[2 * k + 1] + link * sin(heading))
      }
      return nodes
    }

    func pullback(_ seed: DenseVector, at angles: DenseVector) -> DenseVector {
      if seed.isEmpty { return seed }
      var headings: [Double] = [], heading = direction
      for angle in angles.elements {
        heading += angle
        headings.append(heading)
      }
      // A link moves all nodes beyond it, an angle turns all links beyond it.
      var gradient = DenseVector(zeros: angles.count), x = 0.0, y = 0.0, turn = 0.0
      for k in headings.indices.reversed() {
        x += seed[2 * k + 2]
        y += seed[2 * k + 3]
        turn += link * (y * cos(headings[k]) - x * sin(headings[k]))
        gradient[k] = turn
      }
      return gradient
    }
  }
}
