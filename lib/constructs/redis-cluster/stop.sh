#!/bin/sh
# Before the pod is stopped: a master hands over to a replica that stays, so that no acknowledged write is lost. Where
# all pods of a shard go at once, the shard is being removed: they wait until pod 0 has moved its slots away.
set -u
# shellcheck source=SCRIPTDIR/common.sh
. "${0%/*}/common.sh"

# Said before the others are asked: of two pods that leave at the same time, one at least sees that the other does.
touch "$SCRATCH/leaving"
cli "$POD_IP" CONFIG SET replica-priority "$LEAVING" >/dev/null || exit 0
read_shape

stays() { [ "$(setting "$1" replica-priority)" = "$STAYING" ]; }

# "master" or "slave" and the address of those of the own shard that stay.
staying_mates() {
  awk -v shard="$shard" '$5 == "up" && ($1 == shard || $6 == shard) { print $4, $2 }' "$SCRATCH/shard" |
    while read -r role there; do
      if stays "$there"; then echo "$role $there"; fi
    done
}

# The pod that moves the slots away, if the Redis at its name is that pod.
leader_stays() {
  leader=$STATEFUL_SET-0.$PEERS
  look_up "$leader" && ask "$address" 'CONFIG GET cluster-announce-hostname' 'CONFIG GET replica-priority' |
    awk -v name="$leader" -v staying="$STAYING" '
      { line[NR] = $0 }
      END { exit !(line[2] == name && line[4] == staying) }'
}

hand_over() {
  log "hands over to $1"
  cli "$1" CLUSTER FAILOVER >/dev/null
  for _ in 1 2 3 4 5; do
    sleep 1
    cli "$POD_IP" INFO replication | grep -q '^role:slave' && return
  done
}

attempts=0 alone=0 waited=0 looked=0 before=
while table "$POD_IP" >"$SCRATCH/shard" && [ -s "$SCRATCH/shard" ]; do
  role=$(awk '$5 == "self" { print $4 }' "$SCRATCH/shard")
  shard=$(awk '$5 == "self" { print ($4 == "slave" ? $6 : $1) }' "$SCRATCH/shard")
  slots=$(awk -v shard="$shard" '$1 == shard { print $7 }' "$SCRATCH/shard")
  [ "${slots:-0}" -gt 0 ] || break

  mates=$(staying_mates)
  if [ -n "$mates" ]; then
    if [ "$role" = slave ]; then
      # Where the shard is being removed its master may be told a moment later, and would wait alone.
      if [ $((ORDINAL / group)) -lt 3 ] || [ "$looked" -ge 5 ]; then exit 0; fi
      looked=$((looked + 1))
      sleep 1
      continue
    fi
    attempts=$((attempts + 1))
    [ "$attempts" -le 5 ] || exit 0
    hand_over "$(echo "$mates" | sed -n '1s/.* //p')"
    continue
  fi

  # There are three shards at least.
  [ $((ORDINAL / group)) -ge 3 ] || exit 0
  # Pod 0 goes too where everything is stopped.
  if leader_stays; then alone=0; else alone=$((alone + 1)); fi
  [ "$alone" -lt 30 ] || exit 0
  # The new shape reaches pod 0 within two minutes: silence for longer says that this is no removal.
  if [ "$slots" != "$before" ] || [ "$(setting "$POD_IP" replica-priority)" = "$DRAINING" ]; then waited=0; fi
  before=$slots
  waited=$((waited + 1))
  [ "$waited" -lt 180 ] || exit 0
  sleep 1
done

if [ "$(setting "$POD_IP" replica-priority)" = "$DRAINING" ]; then
  log "is empty and leaves the cluster"
  cli "$POD_IP" CLUSTER RESET HARD >/dev/null
fi
