# shellcheck shell=bash
# What the scripts share; sourced, never run. They use the variables set here.
# shellcheck disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# fail STATUS TEXT...: ends the script with a message. 2 is the user's mistake, 3 is something the machine lacks.
fail() {
  local status=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$status"
}

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

# Sets `processor_flags` to what makes C and Swift code use this processor, where the compiler takes it.
find_processor_flags() {
  processor_flags=()
  if swiftc -Xcc -march=native -typecheck - <<<'let one = 1' >/dev/null 2>&1; then
    processor_flags=(-Xcc -march=native)
  fi
}
