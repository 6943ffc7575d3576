#!/usr/bin/env bash
# keelson-rollback [REASON]: activates the system that was there before keelson-try.
set -euo pipefail
root=${KEELSON_ROOT:-}
run=$root/run/keelson

if [ ! -e "$run/trying" ]; then
  echo 'keelson-rollback: nothing is being tried' >&2
  exit 0
fi
systemctl stop keelson-rollback.timer 2>/dev/null || true
# One that hangs would hold the machine for ever.
systemctl stop keelson-activate.service 2>/dev/null || true
printf '%s: %s\n' "$(cat "$run/trying")" "${1:-asked for}" >"$run/rolled-back"
status=0
"$(cat "$run/previous")/bin/switch-to-configuration" test || status=$?
rm -f "$run/trying"
exit "$status"
