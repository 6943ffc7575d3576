#!/usr/bin/env bash
# Runs infect.sh, once, from cloud-init. Where it fails the droplet stays Ubuntu, SSH answers, and /etc/keelson/failed,
# the message of the day and the console say why.
set -euo pipefail
root=${KEELSON_ROOT:-}
scripts=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
log=$root/var/log/keelson-infect.log
failed=$root/etc/keelson/failed

mkdir -p "$root/etc/keelson" "$root/var/log"
rm -f "$failed"
status=0
bash "$scripts/infect.sh" 2>&1 | tee -a "$log" || status=$?
if [ "$status" = 0 ]; then
  reboot
  exit
fi
step=$(sed -n '/^keelson: /p' "$log" | tail -n 1)
{
  echo "This machine did not become NixOS (exit code $status). It failed at:"
  echo "${step:-its beginning}"
  echo "The whole log is $log. Mend the cause, then run: bash $scripts/bootstrap.sh"
  echo 'The end of the log:'
  tail -n 40 "$log"
} >"$failed"
cp "$failed" "$root/etc/motd"
cat "$failed" >"$root/dev/console" || true
exit "$status"
