#!/usr/bin/env bash
# An optimizer in the shell: twenty designs at random, without gradients. Needs jq.
#
# backsolve optimize Scenes/Fluids/throw-a-drop.yaml \
#   --set 'optimizer={external: {command: [Examples/External/random_designs.sh]}}'
set -euo pipefail
read -r problem
size=$(jq .start.size <<<"$problem")
RANDOM=1
for _ in $(seq 20); do
  shares=$(for _ in $(seq "$size"); do echo "$RANDOM"; done | jq -cs 'map(. / 32767)')
  jq -c --argjson shares "$shares" '
    .start | {ask: [[.lower, .upper, $shares] | transpose | map(.[0] + .[2] * (.[1] - .[0]))] , gradients: false}' <<<"$problem"
  read -r _told
done
echo '{"stop": "twenty designs were tried"}'
