#!/usr/bin/env bash
# Builds the CDK's plugin (tsc, strict) and tests it with the real aws-cdk-lib and this command line.
#
#     tests/packaging/cdk.sh ORIGIN_GUARD
set -euo pipefail
command=$(realpath "$1")
cd "$(dirname "$0")/../../packages/cdk-origin-guard"
if ! node -e 'process.exitCode = process.versions.node.split(".")[0] < 20 ? 1 : 0' 2>/dev/null || ! command -v npm >/dev/null; then
  echo "error: the CDK's plugin is tested with Node 20 or newer and npm; install them from https://nodejs.org" >&2
  exit 1
fi
npm ci --ignore-scripts --no-audit --no-fund --silent
# What was compiled of a file that is gone must not be tested.
rm -rf build
npm run --silent build
ORIGIN_GUARD=$command npm test --silent
