#!/usr/bin/env bash
# keelson-rollback [REASON]: activates the system that was there before keelson-try.
set -euo pipefail
root=${KEELSON_ROOT:-}
run=$root/run/keelson

mkdir -p "$run"
# keelson-confirm has it too: what is being kept is not rolled back, and the other way round. Whoever dies lets go.
exec 9>"$run/lock"
flock --wait 120 9 || {
  echo 'keelson-rollback: it is being confirmed, which has not ended for 120 s; nothing was rolled back' >&2
  exit 1
}
if [ ! -e "$run/trying" ]; then
  echo 'keelson-rollback: nothing is being tried' >&2
  exit 0
fi
printf '%s: %s\n' "$(cat "$run/trying")" "${1:-asked for}" >"$run/rolled-back"
systemctl stop keelson-rollback.timer 2>/dev/null || true
# One that hangs would hold the machine for ever.
systemctl stop keelson-activate.service 2>/dev/null || true
status=0
"$(cat "$run/previous")/bin/switch-to-configuration" test 9>&- || status=$?
rm -f "$run/trying"
exit "$status"
