#!/usr/bin/env bash
# keelson-confirm [SECONDS]: keeps what keelson-try activated, once k3s is ready; waits for it up to SECONDS (default
# 180). To be called over a new SSH connection, which shows that one can still be made.
set -euo pipefail
root=${KEELSON_ROOT:-}
seconds=${1:-180}
run=$root/run/keelson

fail() {
  echo "keelson-confirm: $1" >&2
  exit 1
}

[[ $seconds =~ ^[0-9]+$ ]] || fail "\"$seconds\" is no number of seconds"

# What is tried is active, and nobody has begun to roll it back.
require_tried() {
  local rolled_back current
  rolled_back=$(sed 's/^/; rolled back: /' "$run/rolled-back" 2>/dev/null || true)
  if [ ! -e "$run/trying" ] || [ -n "$rolled_back" ]; then fail "nothing is being tried$rolled_back"; fi
  new=$(cat "$run/trying")
  current=$(realpath "$root/run/current-system")
  [ "$current" = "$new" ] || fail "$current is active and not $new, which was tried"
}

require_tried
deadline=$((SECONDS + seconds))
until keelson-ready; do
  [ $SECONDS -lt $deadline ] ||
    fail "k3s is not ready after $seconds s, so this will be rolled back; look at: journalctl -u k3s"
  sleep 2
done

# The timer may have fired in the meantime: a rollback has the lock until its end, and waits for it here.
exec 9>"$run/lock"
flock --wait 120 9 || fail 'it is being rolled back, which has not ended for 120 s; look at: journalctl -u keelson-rollback'
waited_for=$new
require_tried
[ "$new" = "$waited_for" ] || fail "$new is being tried in place of $waited_for"
systemctl stop keelson-rollback.timer
profile=$root/nix/var/nix/profiles/system
{
  nix-env --profile "$profile" --set "$new" 9>&- && "$new/bin/switch-to-configuration" boot 9>&-
} || {
  exec 9>&-
  # Else the next boot entries would be made of what was not kept.
  nix-env --profile "$profile" --set "$(cat "$run/previous")" || true
  keelson-rollback 'it could not be made the boot default' || true
  fail 'it could not be made the boot default and was rolled back'
}
rm -f "$run/trying"
exec 9>&-

# From now on /etc/nixos is what runs.
tree=$(cat "$root/var/lib/keelson/build/tree")
rm -rf "$root/etc/nixos.new" "$root/etc/nixos.old"
cp -R "$tree" "$root/etc/nixos.new"
mv "$root/etc/nixos" "$root/etc/nixos.old"
mv "$root/etc/nixos.new" "$root/etc/nixos"
rm -rf "$root/etc/nixos.old"
echo "$new is the boot default"
