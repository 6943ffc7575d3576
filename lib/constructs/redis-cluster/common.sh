# What the scripts of a Redis Cluster's pod share. POSIX sh, and nothing that the Debian based images of Redis, Redis
# Stack and Valkey lack: dash, coreutils, mawk, sed, grep, getent.
#
# The pod gives POD_NAME, POD_IP, PEERS (the domain of the pods' names) and, with a password, REDISCLI_AUTH, which
# redis-cli and valkey-cli both read. The other variables are there for tests.
# shellcheck shell=sh
# shellcheck disable=SC2034 # the scripts that read this one use the variables
CONFIGURATION=${CONFIGURATION:-/etc/redis}
DATA=${DATA:-/data}
SCRATCH=${SCRATCH:-/tmp}
LOOKUP=${LOOKUP:-getent hosts}

PORT=6379
PATH=$PATH:/opt/redis-stack/bin
STATEFUL_SET=${POD_NAME%-*}
ORDINAL=${POD_NAME##*-}

# A staying pod has Redis' own 100. Redis Cluster ignores the value, so it can carry news from pod to pod.
STAYING=100
LEAVING=0
DRAINING=1

log() { echo "cluster: $*"; }

# The shape that is wanted. The kubelet renews these files within two minutes, without a restart.
read_shape() {
  read -r shards <"$CONFIGURATION/shards" && read -r group <"$CONFIGURATION/pods-per-shard" || return 1
  pods=$((shards * group))
}

# The pod that is a shard's master at first: one pod further per shard where groups of pods would otherwise put all
# masters on the same one of three nodes.
first_pod() {
  if [ $((group % 3)) -eq 0 ]; then echo $(($1 * group + $1 % group)); else echo $(($1 * group)); fi
}

first_command() {
  for command; do command -v "$command" && return; done
  log "the image has none of: $*" >&2
  return 1
}
client=$(first_command valkey-cli redis-cli) || exit 1

# A command to the Redis at an address; fails on an error reply.
cli() {
  host=$1
  shift
  timeout 3 "$client" -e -h "$host" -p "$PORT" "$@" </dev/null 2>/dev/null
}

# Several commands by one call, which is two processes. Errors are replies among the others.
ask() {
  host=$1
  shift
  printf '%s\n' "$@" | timeout 3 "$client" -h "$host" -p "$PORT" 2>/dev/null
}

field() { sed -n "s/\r$//; s/^$1://p"; }
setting() { cli "$1" CONFIG GET "$2" | sed -n 2p; }

# Sets `address` to that of a name.
look_up() {
  # shellcheck disable=SC2086 # a command with its arguments
  address=$($LOOKUP "$1")
  address=${address%%[[:space:]]*}
  [ -n "$address" ]
}

# CLUSTER NODES of an address as a table:
# 1 id, 2 address, 3 ordinal or "-", 4 master or slave, 5 self, up, down, fail or new, 6 id of its master, 7 slots,
# 8 slots on the move
table() { cli "$1" CLUSTER NODES | tabulate; }

tabulate() {
  awk 'length($1) == 40 && NF > 7 {
    address = $2; sub(/:[0-9]+@.*/, "", address)
    split($2, part, ","); ordinal = part[2]; sub(/\..*/, "", ordinal); sub(/.*-/, "", ordinal)
    state = "up"
    if ($3 ~ /fail\?|noaddr/ || $8 == "disconnected") state = "down"
    if ($3 ~ /(^|,)fail(,|$)/) state = "fail"
    if ($3 ~ /handshake/) state = "new"
    if ($3 ~ /myself/) state = "self"
    slots = 0; moving = 0
    for (i = 9; i <= NF; i++)
      if ($i ~ /^\[/) moving++
      else { count = split($i, range, "-"); slots += range[count] - range[1] + 1 }
    print $1, (address == "" ? "-" : address), (ordinal == "" ? "-" : ordinal), \
      ($3 ~ /slave/ ? "slave" : "master"), state, $4, slots, moving
  }'
}

# What another pod sees of the cluster, asked once a pass: sets `address` to its own, and `view` to a file with its
# table. Only if the Redis there says that it is that pod: after a restart the name may still lead to an address that
# another Redis has got, and a MEET would merge the two clusters.
peer() {
  view=$SCRATCH/peer-$1
  [ -e "$view" ] && read -r address <"$view.address" && return
  name=$STATEFUL_SET-$1.$PEERS
  look_up "$name" && cli "$address" CLUSTER NODES >"$view.nodes" || return
  awk -v name="$name" '
    $3 ~ /myself/ { split($2, part, ","); found = part[2] == name }
    END { exit !found }' "$view.nodes" || return
  echo "$address" >"$view.address"
  tabulate <"$view.nodes" >"$view"
}

own_id() { awk '$5 == "self" { print $1 }' "$1"; }

cluster_ok() { cli "$1" CLUSTER INFO | grep -q 'cluster_state:ok'; }

# Whether the pod there serves every slot and, as a replica, has its master's data.
in_place() {
  ask "$1" 'CLUSTER INFO' 'INFO replication' | awk '
    /^cluster_state:ok/ { ok = 1 }
    /^(role:master|master_link_status:up)/ { placed = 1 }
    END { exit !(ok && placed) }'
}
