/// What is written over a scene so that its optimality criteria are accelerated.
let acceleratedOptimizer = ["optimizer.optimality-criteria.momentum=0.7"]
