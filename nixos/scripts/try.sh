#!/usr/bin/env bash
# keelson-try [SECONDS]: activates what keelson-build built, without making it the boot default. Unless keelson-confirm
# follows within SECONDS (default 600), a timer rolls back; so does a power cycle.
set -euo pipefail
root=${KEELSON_ROOT:-}
seconds=${1:-600}
run=$root/run/keelson
build=$root/var/lib/keelson/build

fail() {
  echo "keelson-try: $1" >&2
  exit 1
}

[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "\"$seconds\" is no number of seconds"
[ -e "$build/result" ] || fail 'nothing is built; run keelson-build first'
new=$(realpath "$build/result")
old=$(realpath "$root/run/current-system")

mkdir -p "$run"
# The file itself is the lock: it is made by one of two that try at the same time.
(
  set -o noclobber
  printf '%s\n' "$new" >"$run/trying"
) 2>/dev/null || fail "$(cat "$run/trying") is being tried; confirm it, or wait until it is rolled back"
printf '%s\n' "$old" >"$run/previous"
rm -f "$run/rolled-back"

# By its path in the store: the new system may have no such command.
systemd-run --quiet --collect --unit=keelson-rollback --on-active="$seconds" --timer-property=AccuracySec=1s \
  "$(realpath "$(command -v keelson-rollback)")" "not confirmed within $seconds s" || {
  rm -f "$run/trying"
  fail 'the timer of the rollback could not be set, so nothing was activated'
}

# Outside of the SSH connection, which the new system may cut.
if ! systemd-run --quiet --unit=keelson-activate --collect --wait --service-type=exec \
  "$new/bin/switch-to-configuration" test; then
  keelson-rollback 'the activation failed' || true
  fail 'the activation failed and was rolled back; look at: journalctl -u keelson-activate'
fi
echo "$new is active; confirm it within $seconds s"
