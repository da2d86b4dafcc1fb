# shellcheck shell=bash
# What the scripts share; sourced, never run. They use the variables set here.
# shellcheck disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The package manager leaves half a dozen empty folders a build where temporary files go: that is the build folder here,
# and what is a day old is thrown away.
if mkdir -p "$root/.build/temporary" 2>/dev/null; then
  export TMPDIR=$root/.build/temporary
  find "$TMPDIR" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null || true
fi

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

# Where the toolchain keeps Swift's own libraries for linking them in.
static_libraries() { echo "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/swift_static/linux"; }

# link_static_library PRODUCTS FILE: links what `swift build --product BacksolveC` compiled into a shared library with
# Swift's own libraries inside, which the package manager does for programs only. It exports the C interface alone.
link_static_library() {
  local exports
  exports=$(mktemp) || return 1
  echo '{ global: backsolve_*; local: *; };' >"$exports"
  swiftc -emit-library -static-stdlib -module-name BacksolveC "@$1/BacksolveC.product/Objects.LinkFileList" -o "$2" \
    -Xlinker -soname=libBacksolveC.so -Xlinker --gc-sections -Xlinker "--version-script=$exports"
  local status=$?
  rm -f "$exports"
  return "$status"
}

# make_curl_stub DIR: a libcurl.a whose functions end the process. One file of FlyingFox, a proxy that nothing here uses,
# brings in Foundation's URL loading, which a static program could only link with curl, and would then need on every
# machine.
make_curl_stub() {
  nm -u "$(static_libraries)/lib_CFURLSessionInterface.a" | sed -n 's/^ *U \(curl_[a-z_]*\)$/void \1(void) { __builtin_trap(); }/p' | sort -u >"$1/curl.c" &&
    clang -c "$1/curl.c" -o "$1/curl.o" && ar rcs "$1/libcurl.a" "$1/curl.o"
}
