#!/usr/bin/env bash
# keelson-restore SNAPSHOT: makes the cluster's store what a snapshot of etcd holds; on one server, while k3s stands
# still on all others. keelson-restore --join, then on each of those: takes over what was restored.
set -euo pipefail
root=${KEELSON_ROOT:-}
db=$root/var/lib/rancher/k3s/server/db

fail() {
  echo "keelson-restore: $1" >&2
  exit 1
}

[ $# -eq 1 ] || fail 'give the file of a snapshot, or --join'
if [ "$1" = --join ]; then
  systemctl stop k3s.service
  # A member that remembers another cluster cannot join this one.
  rm -rf "$db.before-restore"
  [ ! -e "$db" ] || mv "$db" "$db.before-restore"
else
  [ -s "$1" ] || fail "there is no snapshot \"$1\""
  systemctl stop k3s.service
  rm -f "$db/reset-flag"
  # Outside of the SSH connection, whose end must not be the restore's. k3s would look for the file in the bucket.
  systemd-run --quiet --unit=keelson-restore --collect --wait --service-type=exec \
    "$(command -v k3s)" server --config "$root/etc/keelson/k3s.json" --token-file "$root/var/lib/keelson/secrets/token" \
    --etcd-s3=false --cluster-reset --cluster-reset-restore-path="$1" || true
  # k3s writes it when all is done.
  [ -e "$db/reset-flag" ] ||
    fail "k3s did not restore it and stands still; look at: journalctl -u keelson-restore. What was there is in $db/etcd-old-*"
fi

timeout 300 systemctl start k3s.service || fail 'k3s does not start; look at: journalctl -u k3s'
deadline=$((SECONDS + 300))
until keelson-ready; do
  [ $SECONDS -lt $deadline ] || fail 'k3s is not ready after 300 s; look at: journalctl -u k3s'
  sleep 2
done
