#!/usr/bin/env python3
"""The 2D case of the benchmark table with a peer: the MBB half beam, 300x100 cells, 50 evaluations. Prints JSON."""

from __future__ import annotations

import argparse

from cases import mbb_beam
from command import measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="300x100", help="cells along x and y (default: %(default)s)")
    parser.set_defaults(evaluations=50)
    measure(parser, mbb_beam)


if __name__ == "__main__":
    main()
