#!/bin/sh
# One pass after the other over what this pod sees: it meets peers that have moved, takes its place in its shard,
# forgets pods that are gone; pod 0 also forms the cluster and moves slots. Every step can be repeated, so a kill at
# any moment costs a pass and nothing else. Given the server's process id, it ends with it.
set -u
here=$(dirname "$0")
# shellcheck source=SCRIPTDIR/common.sh
. "$here/common.sh"
# shellcheck source=SCRIPTDIR/slots.sh
. "$here/slots.sh"

# A line of a pass; once, until something else is to be said.
say() {
  [ "$*" = "$(cat "$SCRATCH/said" 2>/dev/null)" ] || log "$*"
  echo "$*" >"$SCRATCH/said"
}

# What there is to see of this pod.
look() {
  ask "$POD_IP" 'CLUSTER INFO' 'CLUSTER NODES' 'INFO replication' >"$SCRATCH/seen"
  tabulate <"$SCRATCH/seen" >"$SCRATCH/table"
}

seen() { field "$1" <"$SCRATCH/seen"; }

# Whether there is nothing to do: all pods answer, nobody else is known, and every slot is where it belongs.
calm() {
  if ! [ -e "$SCRATCH/settled" ] || [ -e "$DATA/moving" ]; then return 1; fi
  awk -v pods="$pods" '
    /^cluster_state:ok/ { ok = 1 }
    /^master_link_status:down/ { odd = 1 }
    NR == FNR { next }
    { all++; slots += $7 }
    ($5 != "up" && $5 != "self") || $8 > 0 { odd = 1 }
    END { exit !(ok && !odd && all == pods && slots == 16384) }' "$SCRATCH/seen" "$SCRATCH/table" &&
    [ "$(plan)" = rest ]
}

# Ordinals of wanted or known pods to which this one has no working link.
absent() {
  awk -v pods="$pods" '
    $5 == "up" || $5 == "self" { here[$3] }
    $3 != "-" { all[$3] }
    END { for (o = 0; o < pods; o++) all[o]; for (o in all) if (!(o in here)) print o }' "$SCRATCH/table"
}

# Peers keep their id when their address changes; a MEET at the new one is how Redis learns it.
meet_moved() {
  for other in $(absent); do
    moved=$(peer "$other") || continue
    id=$(cli "$moved" CLUSTER MYID) || continue
    grep -q "^$id " "$SCRATCH/table" || continue
    log "meets pod $other again at $moved"
    cli "$POD_IP" CLUSTER MEET "$moved" "$PORT" >/dev/null
  done
}

# Once after each start: whether the cluster knows this pod. Pods that have slots say so: another may itself have been
# forgotten while it was away, and two such would hold each other for the cluster. An empty pod that is unknown joins,
# and so does a replica of a member; another one with keys stays outside, as joining would make it give them up.
join() {
  [ -e "$SCRATCH/known" ] && return
  member=
  id=$(cli "$POD_IP" CLUSTER MYID)
  for other in $(seq 0 $((pods - 1))); do
    [ "$other" = "$ORDINAL" ] && continue
    there=$(peer "$other") || continue
    table "$there" >"$SCRATCH/theirs"
    awk '$5 == "self" { slots = $7 } END { exit !slots }' "$SCRATCH/theirs" || continue
    if grep -q "^$id " "$SCRATCH/theirs"; then
      touch "$SCRATCH/known"
      return
    fi
    member=$there
    mv "$SCRATCH/theirs" "$SCRATCH/cluster"
  done
  [ -n "$member" ] || return
  if ! follows_member; then
    if [ "$(cli "$POD_IP" DBSIZE)" != 0 ] || awk '$5 == "self" { exit $7 == 0 }' "$SCRATCH/table"; then
      say "REFUSES to join: this pod has keys or slots, and the cluster does not know it. Save what is needed of them," \
        "then delete the pod together with its volume claim"
      return
    fi
    [ "$(grep -c . "$SCRATCH/table")" = 1 ] || cli "$POD_IP" CLUSTER RESET HARD >/dev/null
  fi
  log "joins the cluster at $member"
  cli "$POD_IP" CLUSTER MEET "$member" "$PORT" >/dev/null
}

# As after take_over: the pod of its former master is a member again, under a new id.
follows_member() {
  awk '
    NR == FNR { known[$1]; next }
    $5 == "self" && $4 == "slave" && $6 in known { follows = 1 }
    END { exit !follows }' "$SCRATCH/cluster" "$SCRATCH/table"
}

# A master without slots follows the pod of its shard that has them. In a shard that has none yet the first pod stays
# a master, and the others follow it. Whoever sees a part only waits, and so does a first pod while a replica follows
# somebody else: its former life, which had the slots, and of which it may never hear.
follow() {
  target=$(awk -v me="$ORDINAL" -v size="$group" -v first="$(first_pod $((ORDINAL / group)))" '
    $5 == "self" { placed = $4 == "slave" || $7 > 0; id = $1; next }
    $7 > 0 && $3 == "-" { unclear = 1 }
    $3 == "-" || $5 == "new" || int($3 / size) != int(me / size) { next }
    $7 > 0 { owned = 1; if ($4 == "master" && $5 == "up") owner = $1 }
    $5 == "up" && $3 != me {
      if (!seen[$3]++) mates++
      if ($3 == first && $4 == "master") head = $1
      if ($4 == "slave") followed[$6]
    }
    END {
      for (master in followed) if (first == me && master != id) unclear = 1
      if (placed) print "placed"
      else if (owner) print owner
      else if (!owned && !unclear && mates == size - 1) print (first == me ? "placed" : head)
    }' "$SCRATCH/table")
  case $target in
    '') ;;
    placed) settle ;;
    *)
      log "becomes a replica of $target"
      cli "$POD_IP" CLUSTER REPLICATE "$target" >/dev/null
      ;;
  esac
}

# From here on the pod is ready, and gives its data to replicas.
settle() {
  if [ -e "$SCRATCH/settled" ] || ! [ -e "$SCRATCH/known" ]; then return; fi
  cli "$POD_IP" CONFIG SET repl-diskless-sync-delay 0 >/dev/null && touch "$SCRATCH/settled"
}

# A replica that hears from a third node where its master is now, and not from the master itself, knows the address in
# its table and goes on connecting to the old one (seen with 7.0.15). Told again whom it follows, it takes the new one.
reconnect() {
  awk '
    { address[$1] = $2 }
    $5 == "self" && $4 == "slave" { master = $6 }
    END { if (master in address && address[master] != "-") print master, address[master] }' "$SCRATCH/table" |
    while read -r id address; do
      [ "$(seen master_link_status)" = down ] || return
      [ "$(seen master_host)" != "$address" ] || return
      log "connects to its master at $address, where that is now"
      cli "$POD_IP" CLUSTER REPLICATE "$id" >/dev/null
    done
}

# A pod that has lost its volume answers under a new id, so its old one will never be heard of again. Nodes to which the
# old address led elsewhere note that it has none, and never find it dead: too few may be left to say so. Its replica
# need not wait for them. Where there are several, the one that has the most does it. Where the old id gave all its
# slots away before, what its replica has is of no use, and it follows the new one.
take_over() {
  awk '
    { ordinal[$1] = $3; slots[$1] = $7; all += $7 }
    $5 == "self" && $4 == "slave" { master = $6 }
    END { if (ordinal[master] ~ /[0-9]/) print master, ordinal[master], all == 16384 && !slots[master] }' "$SCRATCH/table" |
    while read -r id lost emptied; do
      there=$(peer "$lost") && other=$(cli "$there" CLUSTER MYID) || return
      [ -n "$other" ] && [ "$other" != "$id" ] || return
      if [ "$emptied" = 1 ]; then
        grep -q "^$other " "$SCRATCH/table" || return
        log "follows $other, as which the pod of $id has begun anew"
        cli "$POD_IP" CLUSTER REPLICATE "$other" >/dev/null
        return
      fi
      has_most "$id" || return
      log "takes over from $id, whose pod has begun anew"
      [ -e "$SCRATCH/began-anew-$id" ] || date +%s >"$SCRATCH/began-anew-$id"
      how=FORCE
      if [ $(($(date +%s) - $(cat "$SCRATCH/began-anew-$id"))) -ge "$UNELECTED_SECONDS" ] && is_among_most; then
        how=TAKEOVER
      fi
      cli "$POD_IP" CLUSTER FAILOVER "$how" >/dev/null
    done
}

# Time for two elections, which Redis holds 20 seconds apart. No vote goes to a replica that knows its dead master by an
# older epoch than the voters do, and nobody can tell it the newer one (seen with 7.0.15): then it goes without.
UNELECTED_SECONDS=30

# Whether most of the masters with slots can be reached: where they cannot, another replica may have been elected there.
is_among_most() {
  awk '$4 == "master" && $7 > 0 { all++; if ($5 == "up") up++ } END { exit up * 2 <= all }' "$SCRATCH/table"
}

offset_of() { cli "$1" INFO replication | field slave_repl_offset; }

# Whether no other replica of a master has more of its data than this one, or as much and a lower ordinal.
has_most() {
  mine=$(offset_of "$POD_IP")
  awk -v id="$1" '$4 == "slave" && $5 == "up" && $6 == id { print $3, $2 }' "$SCRATCH/table" >"$SCRATCH/mates"
  while read -r mate there; do
    theirs=$(offset_of "$there")
    [ "${theirs:-0}" -lt "${mine:-0}" ] || { [ "${theirs:-0}" = "${mine:-0}" ] && [ "$ORDINAL" -lt "$mate" ]; } || return
  done <"$SCRATCH/mates"
}

# Nodes that do not answer and have no slots, nor has their master: pods that a smaller shape removed, and former lives
# of a pod that has lost its volume. Redis need not have found them dead: it may never, once some have forgotten them.
forget() {
  awk -v pods="$pods" '
    { slots[$1] = $7 }
    $5 == "up" || $5 == "self" { live[$3] }
    ($5 == "down" || $5 == "fail") && $7 == 0 && $3 != "-" { gone[$1] = $3; master[$1] = $6 }
    END { for (id in gone) if (!slots[master[id]] && (gone[id] >= pods || gone[id] in live)) print id }' "$SCRATCH/table" |
    while read -r id; do
      log "forgets $id"
      cli "$POD_IP" CLUSTER FORGET "$id" >/dev/null
    done
}

while kill -0 "$1" 2>/dev/null; do
  if [ -e "$SCRATCH/settled" ] && grep -q 'cluster_state:ok' "$SCRATCH/seen"; then sleep 3; else sleep 1; fi
  [ -e "$SCRATCH/leaving" ] && continue
  # There is nothing to see while Redis loads its data.
  look
  if ! [ -s "$SCRATCH/table" ] || ! read_shape || calm; then continue; fi
  meet_moved
  join
  follow
  reconnect
  take_over
  forget
  [ "$ORDINAL" = 0 ] || continue
  form
  resize
done
