"""Scenes in the words of other packages; each module needs the package that it is named for.

scipy, nlopt, ipopt, torch, jax, openmdao, pymoo, cma, nevergrad, botorch.
"""
