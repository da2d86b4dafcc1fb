#!/usr/bin/env python3
"""The 3D case of the benchmark table with a peer: the cantilever, 48x24x24 cells, 10 evaluations. Prints JSON."""

from __future__ import annotations

import argparse

from cases import cantilever
from command import measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="48x24x24", help="cells along x, y and z (default: %(default)s)")
    parser.set_defaults(evaluations=10)
    measure(parser, cantilever)


if __name__ == "__main__":
    main()
