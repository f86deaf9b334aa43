#!/usr/bin/env bash
# What building and the local AWS need of a machine, asked before the minutes that building takes.
set -uo pipefail
python=${PYTHON:-python3}
complete=true
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

lacks() {
  echo "error: $1; $2" >&2
  complete=false
}

command -v cargo >/dev/null || lacks "there is no Rust (cargo)" "install it from https://rustup.rs"
# Rust links with it, and ring, which does the TLS, is C in part.
echo '#include <stdlib.h>
int main(void) { return EXIT_SUCCESS; }' | cc -x c - -o "$scratch/linked" 2>/dev/null ||
  lacks "there is no C compiler (cc) that links a program" \
    "install build-essential (Debian, Ubuntu), gcc (Fedora), or Xcode's tools (macOS: xcode-select --install)"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  lacks "$python is not there, or older than Python 3.11" "install python3, or say which one to take: PYTHON=python3.12 make …"
# Debian has the module venv without what it needs.
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  lacks "$python makes no virtual environments" "install python3-venv (Debian, Ubuntu)"
fi
$complete
