#!/bin/sh
# One pass after the other over what this pod sees: it meets peers that have moved, takes its place in its shard,
# forgets pods that are gone; pod 0 also forms the cluster and moves slots. Every step can be repeated, so a kill at
# any moment costs a pass and nothing else. Given the server's process id, it ends with it.
set -u
here=${0%/*}
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

# Whether this pod has its place in a cluster that serves every slot, which is the first thing that Redis says.
is_served() {
  [ -e "$SCRATCH/settled" ] && [ -s "$SCRATCH/seen" ] && read -r state <"$SCRATCH/seen" || return
  case $state in cluster_state:ok*) ;; *) return 1 ;; esac
}

# Whether there is nothing to do: all pods answer, nobody else is known, and every slot is where it belongs.
calm() {
  if ! is_served || [ -e "$DATA/moving" ]; then return 1; fi
  awk -v pods="$pods" '
    /^master_link_status:down/ { odd = 1 }
    NR == FNR { next }
    { all++; slots += $7 }
    ($5 != "up" && $5 != "self") || $8 > 0 { odd = 1 }
    END { exit !(!odd && all == pods && slots == 16384) }' "$SCRATCH/seen" "$SCRATCH/table" &&
    [ "$(plan)" = rest ]
}

# The steps of a pass, from what there is to see: one a line, with what it is about. One program for all of them, as
# what a program costs is its start.
survey() {
  awk -v pods="$pods" -v size="$group" -v me="$ORDINAL" -v first="$(first_pod $((ORDINAL / group)))" '
    /^master_link_status:down/ { unlinked = 1 }
    sub(/^master_host:/, "") { sub(/\r$/, ""); host = $0 }
    NR == FNR { next }
    $5 == "self" { self = $1 }
    { address[$1] = $2; ordinal[$1] = $3; role[$1] = $4; state[$1] = $5; master[$1] = $6; slots[$1] = $7; all += $7 }
    END { meet(); print "join"; follow(); reconnect(); take_over(); forget() }

    # Wanted or known pods to which this one has no working link.
    function meet(  id, pod, known, here) {
      for (pod = 0; pod < pods; pod++) known[pod]
      for (id in ordinal) {
        if (ordinal[id] != "-") known[ordinal[id]]
        if (state[id] == "up" || state[id] == "self") here[ordinal[id]]
      }
      for (pod in known) if (!(pod in here)) print "meet", pod
    }

    # A master without slots follows the pod of its shard that has them. In a shard that has none yet the first pod
    # stays a master, and the others follow it. Whoever sees a part only waits, and so does a first pod while a replica
    # follows somebody else: its former life, which had the slots, and of which it may never hear.
    function follow(  id, unclear, owned, owner, head, mates, seen) {
      if (role[self] == "slave" || slots[self] > 0) { print "settle"; return }
      for (id in ordinal) {
        if (id == self) continue
        if (slots[id] > 0 && ordinal[id] == "-") unclear = 1
        if (ordinal[id] == "-" || state[id] == "new" || int(ordinal[id] / size) != int(me / size)) continue
        if (slots[id] > 0) {
          owned = 1
          if (role[id] == "master" && state[id] == "up") owner = id
        }
        if (state[id] != "up" || ordinal[id] == me) continue
        if (!seen[ordinal[id]]++) mates++
        if (ordinal[id] == first && role[id] == "master") head = id
        if (role[id] == "slave" && first == me && master[id] != self) unclear = 1
      }
      if (owner) print "follow", owner
      else if (owned || unclear || mates != size - 1) return
      else if (first == me) print "settle"
      else if (head) print "follow", head
    }

    # A replica that hears from a third node where its master is now, and not from the master itself, knows the address
    # in its table and goes on connecting to the old one (seen with 7.0.15). Told again whom it follows, it takes the new.
    function reconnect(  id) {
      id = master[self]
      if (role[self] == "slave" && unlinked && id in address && address[id] != "-" && address[id] != host)
        print "reconnect", id, address[id]
    }

    # Of a replica whose master does not answer. Whether that one gave all its slots away before, is 1 or 0.
    function take_over(  id) {
      id = master[self]
      if (role[self] == "slave" && id in ordinal && ordinal[id] != "-" && state[id] != "up")
        print "take_over", id, ordinal[id], (all == 16384 && !slots[id])
    }

    # Nodes that do not answer and have no slots, nor has their master: pods that a smaller shape removed, and former
    # lives of a pod that has lost its volume. Redis need not have found them dead: it may never, once some have forgotten
    # them.
    function forget(  id, live) {
      for (id in ordinal) if (state[id] == "up" || state[id] == "self") live[ordinal[id]]
      for (id in ordinal)
        if ((state[id] == "down" || state[id] == "fail") && slots[id] == 0 && ordinal[id] != "-")
          if (!slots[master[id]] && (ordinal[id] >= pods || ordinal[id] in live)) print "forget", id
    }' "$SCRATCH/seen" "$SCRATCH/table"
}

# Peers keep their id when their address changes; a MEET at the new one is how Redis learns it.
meet() {
  peer "$1" || return
  grep -q "^$(own_id "$view") " "$SCRATCH/table" || return
  log "meets pod $1 again at $address"
  cli "$POD_IP" CLUSTER MEET "$address" "$PORT" >/dev/null
}

# Once after each start: whether the cluster and this pod know each other. Pods that have slots say so: another may
# itself have been forgotten while it was away, and two such would hold each other for the cluster. A pod that was killed
# before its Redis had written down whom it met is a member that knows nobody, and learns of no one until it meets one
# again (seen with 7.0.15). An empty pod that is unknown joins, and so does a replica of a member; another one with keys
# stays outside, as joining would make it give them up.
join() {
  [ -e "$SCRATCH/known" ] && return
  knows_of_slots || return
  member=
  id=$(own_id "$SCRATCH/table")
  for other in $(seq 0 $((pods - 1))); do
    [ "$other" = "$ORDINAL" ] && continue
    peer "$other" || continue
    awk '$5 == "self" { slots = $7 } END { exit !slots }' "$view" || continue
    member=$address
    cluster=$view
    grep -q "^$id " "$view" || continue
    grep -q "^$(own_id "$view") " "$SCRATCH/table" || break
    touch "$SCRATCH/known"
    return
  done
  [ -n "$member" ] || return
  if ! grep -q "^$id " "$cluster" && ! follows_member; then
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

# Where nobody has slots yet there is nothing to join, so one pod is asked a pass, each in its turn.
knows_of_slots() {
  turn=$(((turn + 1) % pods))
  [ "$turn" != "$ORDINAL" ] || turn=$(((turn + 1) % pods))
  peer "$turn" && awk '$7 > 0 { slots = 1 } END { exit !slots }' "$view"
}

# As after take_over: the pod of its former master is a member again, under a new id.
follows_member() {
  awk '
    NR == FNR { known[$1]; next }
    $5 == "self" && $4 == "slave" && $6 in known { follows = 1 }
    END { exit !follows }' "$cluster" "$SCRATCH/table"
}

follow() {
  log "becomes a replica of $1"
  cli "$POD_IP" CLUSTER REPLICATE "$1" >/dev/null
}

# From here on the pod is ready, and gives its data to replicas.
settle() {
  if [ -e "$SCRATCH/settled" ] || ! [ -e "$SCRATCH/known" ]; then return; fi
  cli "$POD_IP" CONFIG SET repl-diskless-sync-delay 0 >/dev/null && touch "$SCRATCH/settled"
}

reconnect() {
  log "connects to its master at $2, where that is now"
  cli "$POD_IP" CLUSTER REPLICATE "$1" >/dev/null
}

# A pod that has lost its volume answers under a new id, so its old one will never be heard of again. Nodes to which the
# old address led elsewhere note that it has none, and never find it dead: too few may be left to say so. Its replica
# need not wait for them. Where there are several, the one that has the most does it. Where the old id gave all its
# slots away before, what its replica has is of no use, and it follows the new one.
take_over() {
  id=$1 lost=$2 emptied=$3
  peer "$lost" && other=$(own_id "$view") || return
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

forget() {
  log "forgets $1"
  cli "$POD_IP" CLUSTER FORGET "$1" >/dev/null
}

turn=$ORDINAL
while kill -0 "$1" 2>/dev/null; do
  if is_served; then sleep 3; else sleep 1; fi
  [ -e "$SCRATCH/leaving" ] && continue
  # There is nothing to see while Redis loads its data.
  look
  if ! [ -s "$SCRATCH/table" ] || ! read_shape || calm; then continue; fi
  rm -f "$SCRATCH"/peer-*
  survey >"$SCRATCH/steps"
  while read -r step about <&3; do
    # shellcheck disable=SC2086 # one to three words
    "$step" $about
  done 3<"$SCRATCH/steps"
  [ "$ORDINAL" = 0 ] || continue
  form
  resize
done
