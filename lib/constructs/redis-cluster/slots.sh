# How the slots stand. Pod 0 alone gives them out, once, and moves them when shards come or go.
# shellcheck shell=sh
# shellcheck disable=SC2154 # common.sh and keep.sh, which read this one, set the variables

# Gives all slots out, once every pod answers and none of them has a key: as long as a slot is missing, Redis takes no
# write, so a cluster that is being formed is empty, and one that is not is left alone.
form() {
  assigned=$(seen cluster_slots_assigned)
  [ "${assigned:-16384}" -lt 16384 ] || return
  for other in $(seq 0 $((pods - 1))); do
    if ! peer "$other" || ! keys=$(cli "$address" DBSIZE); then
      say "forms when pod $other answers"
      return
    fi
    [ "$(awk '{ slots += $7 } END { print slots }' "$view")" != 16384 ] || return
    [ "$keys" = 0 ] || {
      say "REFUSES to form: pod $other has $keys keys, and $((16384 - assigned)) slots belong to nobody. If they are" \
        "lost for good, give them out by hand: $client --cluster fix"
      return
    }
  done
  missing=$(sed -n 's/^meet //p' "$SCRATCH/steps")
  # Before any has met another, each master gets an epoch of its own. Redis settles equal ones by and by, and until then
  # a replica that has not heard of it gets no votes. A pod that has its epoch already refuses another.
  for other in $ORDINAL $missing; do
    peer "$other" && cli "$address" CLUSTER SET-CONFIG-EPOCH $((other + 1)) >/dev/null
  done
  for other in $missing; do
    peer "$other" && cli "$POD_IP" CLUSTER MEET "$address" "$PORT" >/dev/null
  done
  [ -z "$missing" ] || return
  # Begun with so many shards, finished with as many, whatever is wanted by then: resize does the rest.
  [ -e "$DATA/forming" ] || echo "$shards" >"$DATA/forming"
  forming=$(cat "$DATA/forming")
  for shard in $(seq 0 $((forming - 1))); do
    there=$(awk -v first="$(first_pod "$shard")" '
      $3 == first && $4 == "master" && $7 == 0 && ($5 == "up" || $5 == "self") { print $2 }' "$SCRATCH/table")
    [ -n "$there" ] || continue
    cli "$there" CLUSTER ADDSLOTSRANGE $((shard * 16384 / forming)) $(((shard + 1) * 16384 / forming - 1)) >/dev/null
    log "gives pod $(first_pod "$shard") its slots"
  done
}

# What there is to do, as one word and the weights for redis-cli: "wait" while anybody is away or on its way, "odd"
# where masters do not stand as this shape has them, "move" where a wanted shard has no slots or an unwanted one some.
plan() {
  awk -v pods="$pods" -v size="$group" '
    $5 == "new" { next }
    $7 > 0 && $5 != "up" && $5 != "self" { away = 1 }
    $5 == "fail" { next }
    $3 == "-" { away = 1; next }
    $5 == "down" { if ($3 < pods) away = 1; next }
    { shard[$1] = int($3 / size); seen[$3]++ }
    $4 == "slave" { master[$1] = $6; next }
    { masters[shard[$1]]++ }
    $7 > 0 { owners[shard[$1]]++; if ($3 >= pods) { move = 1; weights = weights " " $1 "=0" } }
    END {
      for (o = 0; o < pods; o++) if (seen[o] != 1) away = 1
      for (s = 0; s < pods / size; s++) {
        if (owners[s] > 1) odd = 1
        if (masters[s] != 1) wait = 1
        if (!owners[s]) move = 1
      }
      for (id in master)
        if (!(master[id] in shard)) away = 1
        else if (shard[master[id]] != shard[id]) odd = 1
      print (away ? "wait" : odd ? "odd" : wait ? "wait" : move ? "move" : "rest") weights
    }' "$SCRATCH/table"
}

# redis-cli moves slots key by key, each by a MIGRATE that ends when the new owner has it; what it leaves half done,
# its "fix" takes up again.
resize() {
  cluster_ok "$POD_IP" || return
  # shellcheck disable=SC2046 # one word and the weights
  set -- $(plan)
  case $1 in
    odd)
      say "REFUSES to move slots: the shards' masters and replicas do not stand in groups of $group pods. The number" \
        "of replicas per shard cannot change; put it back"
      return
      ;;
    wait) return ;;
    rest) [ -e "$DATA/moving" ] || return ;;
  esac
  shift
  awk '$5 == "up" || $5 == "self" { print $2 }' "$SCRATCH/table" >"$SCRATCH/members"
  while read -r there; do
    in_place "$there" || return
  done <"$SCRATCH/members"
  awk -v pods="$pods" '$3 >= pods && $5 == "up" { print $2 }' "$SCRATCH/table" | while read -r there; do
    if [ "$(setting "$there" replica-priority)" = "$LEAVING" ]; then
      cli "$there" CONFIG SET replica-priority "$DRAINING" >/dev/null
    fi
    # A master whose replica went before it takes no write, and moving a slot away, or its half back, is one.
    if [ "$(cli "$there" INFO replication | field connected_slaves)" = 0 ]; then
      cli "$there" CONFIG SET min-replicas-to-write 0 >/dev/null
    fi
  done
  if [ -e "$DATA/moving" ]; then
    log "takes up an interrupted move of slots"
    timeout 600 "$client" --cluster fix "$POD_IP:$PORT" --cluster-yes >"$SCRATCH/move.log" 2>&1
  fi
  touch "$DATA/moving"
  log "moves slots for $shards shards"
  if timeout 3000 "$client" --cluster rebalance "$POD_IP:$PORT" --cluster-use-empty-masters --cluster-pipeline 100 \
    ${1:+--cluster-weight "$@"} >"$SCRATCH/move.log" 2>&1; then
    rm "$DATA/moving"
    log "has moved the slots"
  else
    log "could not move all slots: $(tail -n 3 "$SCRATCH/move.log" | tr '\n' ' ')"
  fi
}
