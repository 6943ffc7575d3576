#!/usr/bin/env bash
# keelson-restore SNAPSHOT: makes the cluster's store what a snapshot of etcd holds; on one server, while k3s stands
# still on all others. keelson-restore --join, then on each of those: takes over what was restored. Prints the command
# that brings back what was there, which stays on the disk.
set -euo pipefail
root=${KEELSON_ROOT:-}
db=$root/var/lib/rancher/k3s/server/db

fail() {
  echo "keelson-restore: $1" >&2
  exit 1
}

# The way back to FOLDER as it is kept in KEPT; a member of three waits for the others, so nobody waits for it.
way_back() { echo "systemctl stop k3s.service && rm -rf $1 && mv $2 $1 && systemctl start --no-block k3s.service"; }
# The latest that k3s put aside; it names them by the time.
put_aside() {
  local stores=()
  shopt -s nullglob
  stores=("$db"/etcd-old-*)
  [ ${#stores[@]} = 0 ] || echo "${stores[-1]}"
}

[ $# -eq 1 ] || fail 'give the file of a snapshot, or --join'
back='systemctl start --no-block k3s.service'
if [ "$1" = --join ]; then
  systemctl stop k3s.service
  # A member that remembers another cluster cannot join this one.
  rm -rf "$db.before-restore"
  if [ -e "$db" ]; then
    mv "$db" "$db.before-restore"
    back=$(way_back "$db" "$db.before-restore")
  fi
else
  [ -s "$1" ] || fail "there is no snapshot \"$1\""
  systemctl stop k3s.service
  rm -f "$db/reset-flag"
  before=$(put_aside)
  # Outside of the SSH connection, whose end must not be the restore's. k3s would look for the file in the bucket.
  systemd-run --quiet --unit=keelson-restore --collect --wait --service-type=exec \
    "$(command -v k3s)" server --config "$root/etc/keelson/k3s.json" --token-file "$root/var/lib/keelson/secrets/token" \
    --etcd-s3=false --cluster-reset --cluster-reset-restore-path="$1" || true
  after=$(put_aside)
  [ "$after" = "$before" ] || back=$(way_back "$db/etcd" "$after")
  # k3s writes it when all is done.
  [ -e "$db/reset-flag" ] ||
    fail "k3s did not restore it and stands still; look at: journalctl -u keelson-restore. The way back: $back"
fi
# Before k3s starts, so that whoever waits has it whatever comes.
echo "$back"

timeout 300 systemctl start k3s.service ||
  fail "k3s does not start; look at: journalctl -u k3s. The way back: $back"
deadline=$((SECONDS + 300))
until keelson-ready; do
  [ $SECONDS -lt $deadline ] ||
    fail "k3s is not ready after 300 s; look at: journalctl -u k3s. The way back: $back"
  sleep 2
done
