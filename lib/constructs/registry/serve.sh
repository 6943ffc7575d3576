#!/bin/sh
# Serves the registry, for reading only while garbage is collected.
#
#   serve.sh CONFIGURATION STORAGE
#
# CONFIGURATION  folder with config.yml and read-only.yml
# STORAGE        the volume; its folder .locks holds
#                  write        held by whoever may write: this server, or a collection
#                  maintenance  held by a collection from its first moment to its last
#
# The kernel gives a lock back when its holder ends, however it ends: nothing is left behind that must be cleaned up.
set -eu

configuration=$1
locks=$2/.locks
poll=${REGISTRY_POLL_SECONDS:-5}

mkdir -p "$locks"
exec 8>>"$locks/maintenance" 9>>"$locks/write"

server=
trap 'stop; exit 0' TERM INT

# The writing server inherits the write lock: should this script die alone, the lock stays with the server.
start_writing() {
  registry serve "$configuration/config.yml" 8>&- &
  server=$!
}

start_reading() {
  echo 'registry-serve: garbage is collected; read only until it ends'
  registry serve "$configuration/read-only.yml" 8>&- 9>&- &
  server=$!
}

# Requests under way end first, within draintimeout. The process is new each time, so nothing of what a collection
# deleted is remembered.
stop() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || true
  server=
}

# Shared, so that looking disturbs nobody who looks as well.
maintenance() {
  flock -s -n 8 || return 0
  flock -u 8
  return 1
}

writable() {
  ! maintenance && flock -n 9
}

# Returns when the time has passed or a signal came; ends this script with the server.
pause() {
  sleep "$poll" &
  wait "$!" || true
  if ! kill -0 "$server" 2>/dev/null; then
    status=0
    wait "$server" || status=$?
    echo "registry-serve: the server ended with status $status" >&2
    exit "$((status == 0 ? 1 : status))"
  fi
}

while :; do
  if ! writable; then
    start_reading
    until writable; do pause; done
    stop
  fi
  start_writing
  until maintenance; do pause; done
  stop
  flock -u 9
done
