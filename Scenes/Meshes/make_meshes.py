"""Makes the meshes of this folder: `pip install gmsh` (4.15 was used), then `python3 make_meshes.py`.

plate-with-holes.msh  2D, triangles and quadrilaterals, 0.4 m x 0.2 m with four holes, format 4.1
bracket.msh           3D, tetrahedra, an angle bracket with bolt holes and a rib, format 4.1

Physical groups become the named regions of a scene.
"""

import gmsh


def start(name, size):
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMin", size)
    gmsh.option.setNumber("Mesh.MeshSizeMax", size)
    gmsh.option.setNumber("Mesh.MshFileVersion", 4.1)
    gmsh.model.add(name)


def group(dimension, tags, name):
    gmsh.model.addPhysicalGroup(dimension, tags, name=name)


def entities(dimension, condition):
    found = []
    for _, tag in gmsh.model.getEntities(dimension):
        if condition(gmsh.model.getBoundingBox(dimension, tag)):
            found.append(tag)
    return found


def near(a, b):
    return abs(a - b) < 1e-6


def finish(dimension, path):
    gmsh.model.mesh.generate(dimension)
    gmsh.write(path)
    gmsh.finalize()


def plate():
    start("plate", 0.0045)
    cad = gmsh.model.occ
    # Quadrilaterals on the right third, triangles around the holes on the left.
    left = cad.addRectangle(0, 0, 0, 0.3, 0.2)
    right = cad.addRectangle(0.3, 0, 0, 0.1, 0.2)
    holes = [cad.addDisk(x, y, 0, r, r) for x, y, r in
             [(0.06, 0.05, 0.02), (0.06, 0.15, 0.02), (0.16, 0.1, 0.035), (0.25, 0.1, 0.015)]]
    cad.cut([(2, left)], [(2, h) for h in holes])
    cad.fragment([(2, left)], [(2, right)])
    cad.synchronize()
    surfaces = entities(2, lambda box: True)
    squares = entities(2, lambda box: near(box[0], 0.3))
    for tag in squares:
        gmsh.model.mesh.setTransfiniteSurface(tag)
        gmsh.model.mesh.setRecombine(2, tag)
    group(2, surfaces, "plate")
    group(1, entities(1, lambda b: near(b[0], 0) and near(b[3], 0)), "left-edge")
    group(1, entities(1, lambda b: near(b[0], 0.4) and near(b[3], 0.4)), "right-edge")
    group(1, entities(1, lambda b: near(b[3] - b[0], 0.07)), "large-hole")
    group(1, entities(1, lambda b: near(b[3] - b[0], 0.04)), "bolt-holes")
    corner = entities(0, lambda b: near(b[0], 0.4) and near(b[1], 0))
    group(0, corner, "lower-right-corner")
    finish(2, "plate-with-holes.msh")


def bracket():
    start("bracket", 0.0048)
    cad = gmsh.model.occ
    # A base plate and a wall, 80 mm wide and 10 mm thick, with a rib between them.
    base = cad.addBox(0, 0, 0, 0.08, 0.08, 0.01)
    wall = cad.addBox(0, 0, 0, 0.01, 0.08, 0.08)
    points = [cad.addPoint(*p) for p in [(0.01, 0.035, 0.01), (0.055, 0.035, 0.01), (0.01, 0.035, 0.055)]]
    lines = [cad.addLine(points[i], points[(i + 1) % 3]) for i in range(3)]
    triangle = cad.addPlaneSurface([cad.addCurveLoop(lines)])
    rib = [e for e in cad.extrude([(2, triangle)], 0, 0.01, 0) if e[0] == 3]
    body, _ = cad.fuse([(3, base)], [(3, wall)] + rib)
    holes = [cad.addCylinder(0.06, y, -0.01, 0, 0, 0.03, 0.006) for y in (0.018, 0.062)]
    holes += [cad.addCylinder(-0.01, 0.04, 0.066, 0.03, 0, 0, 0.008)]
    cad.cut(body, [(3, h) for h in holes])
    cad.synchronize()
    group(3, entities(3, lambda b: True), "bracket")

    def is_hole(radius, axis):
        def condition(box):
            return all(near(box[3 + a] - box[a], 0.01 if a == axis else 2 * radius) for a in range(3))
        return condition
    group(2, entities(2, is_hole(0.006, 2)), "base-bolts")
    group(2, entities(2, is_hole(0.008, 0)), "pin-hole")
    group(2, entities(2, lambda b: near(b[2], 0) and near(b[5], 0)), "underside")
    finish(3, "bracket.msh")


plate()
bracket()
