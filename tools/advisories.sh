#!/usr/bin/env bash
# Checks the dependencies against RustSec's advisories: advisories.sh CARGO_DENY [--required]
# Where the database cannot be fetched, the copy of the last fetch is used; cargo-deny refuses one that is older than
# 90 days. Without any copy it is a warning, or an error with --required: the check was not made.
set -euo pipefail
deny=$1
required=${2:-}

if problem=$(timeout 120 "$deny" fetch db 2>&1); then
  exec "$deny" --all-features check advisories
fi
reason=$(grep -m1 '^fatal:' <<<"$problem" || tail -n1 <<<"$problem")
copy=$(compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*/.git" | head -n1 || true)
if [ -n "$copy" ]; then
  echo "warning: RustSec's advisories could not be fetched ($reason): the copy of $(git -C "${copy%/.git}" log -1 --format=%cs) is used" >&2
  exec "$deny" --all-features --offline check advisories
fi
if [ "$required" = --required ]; then
  echo "error: the dependencies were NOT checked against RustSec's advisories: $reason" >&2
  exit 1
fi
echo "warning: the dependencies were NOT checked against RustSec's advisories: $reason. Run \`make advisories\` where github.com can be reached" >&2
