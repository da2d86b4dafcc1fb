"""An optimizer in twenty lines: gradient steps that shrink when one fails. See Documentation/Doors.md for the messages.

backsolve optimize Scenes/Fluids/throw-a-drop.yaml \
  --set 'optimizer={external: {command: [python3, Examples/External/gradient_steps.py], iterations: 60}}'
"""

import json
import sys


def say(message):
    print(json.dumps(message), flush=True)


problem = json.loads(sys.stdin.readline())["start"]
lower, upper = problem["lower"], problem["upper"]
known = problem["history"][-1]
x, value, slope = known["design"], known["objective"], known["gradient"]
step = 0.1 * max(u - l for l, u in zip(lower, upper)) / max(map(abs, slope))
while step * max(map(abs, slope)) > 1e-4:
    trial = [min(max(a - step * g, l), u) for a, g, l, u in zip(x, slope, lower, upper)]
    say({"ask": [trial]})
    told = json.loads(sys.stdin.readline())["tell"][0]
    if told.get("objective", float("inf")) < value:
        x, value, slope, step = trial, told["objective"], told["gradient"], 1.5 * step
    else:
        step /= 4
say({"stop": f"steps are shorter than 1e-4 at {value:.6g}"})
