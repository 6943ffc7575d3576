#!/bin/sh
# Starts one pod's Redis and, beside it, the loop that keeps its place in the cluster.
set -eu
here=${0%/*}
# shellcheck source=SCRIPTDIR/common.sh
. "$here/common.sh"
server=$(first_command valkey-server redis-server)
umask 077

# Redis trusts the addresses in this file, and after a restart of every pod none of them is true any more
# (https://github.com/redis/redis/issues/15136). Names stay: each node's line carries the one that it announced.
if [ -s "$DATA/nodes.conf" ]; then
  awk '{ split($2, part, ","); if ($2 ~ /@/ && part[2] != "") print part[2] }' "$DATA/nodes.conf" |
    while read -r name; do
      if look_up "$name"; then echo "$name $address"; fi
    done >"$SCRATCH/addresses"
  echo "$POD_NAME.$PEERS $POD_IP" >>"$SCRATCH/addresses"
  awk -v port="$PORT" '
    NR == FNR { address[$1] = $2; next }
    $2 ~ /@/ {
      split($2, part, ",")
      if (part[2] in address) {
        match($2, /:[0-9]+@[0-9]+/)
        $2 = address[part[2]] ":" port "@" port + 10000 substr($2, RSTART + RLENGTH)
        sub(/,noaddr/, "", $3)
      }
    }
    { print }' "$SCRATCH/addresses" "$DATA/nodes.conf" >"$DATA/nodes.conf.new"
  mv "$DATA/nodes.conf.new" "$DATA/nodes.conf"
fi

# Written once: a shape that has other groups of pods is refused, and moves nobody.
if ! [ -e "$DATA/shard" ]; then
  read_shape
  echo $((ORDINAL / group)) >"$DATA/shard.new"
  mv "$DATA/shard.new" "$DATA/shard"
fi
# A replica takes what it finds at its master's address, and forgets what it had. Where another pod has that address by
# now, it is another shard's or another cluster's, which does not know this name.
replication=shard-$(cat "$DATA/shard").$PEERS
quoted=$(printf '%s' "${REDISCLI_AUTH:-}" | sed 's/[\\"]/\\&/g')

# A file of this user's own: on a command line everybody on the node could read the password.
{
  echo "include $CONFIGURATION/redis.conf"
  echo "dir $DATA"
  echo "cluster-announce-ip $POD_IP"
  echo "cluster-announce-hostname $POD_NAME.$PEERS"
  # Where the pod there is of this shard but has lost its volume, the wait is for keep.sh to find out.
  echo "repl-diskless-sync-delay 3600"
  for module in rediscompat redisearch redistimeseries rejson redisbloom; do
    library=/opt/redis-stack/lib/$module.so
    if [ -e "$library" ]; then echo "loadmodule $library"; fi
  done
  if [ -n "$quoted" ]; then printf 'requirepass "%s"\n' "$quoted"; fi
  # Without a password to check, Redis takes any; a replica that has none would not name itself.
  echo "masteruser $replication"
  printf 'masterauth "%s"\n' "${quoted:-none}"
  printf 'user %s on "%s" +psync +replconf +ping\n' "$replication" "${quoted:+>}${quoted:-nopass}"
} >"$SCRATCH/redis.conf"

rm -f "$SCRATCH/known" "$SCRATCH/settled" "$SCRATCH/leaving" "$SCRATCH"/began-anew-*
while kill -0 $$ 2>/dev/null; do
  sh "$here/keep.sh" $$ || true
  sleep 1
done &
exec "$server" "$SCRATCH/redis.conf"
