#!/bin/sh
# Deletes what no manifest refers to, while the registry only reads.
#
#   collect-garbage.sh CONFIGURATION STORAGE [OPTION …]
#
# CONFIGURATION  folder with config.yml
# STORAGE        the registry's volume, with the locks that serve.sh describes
# OPTION         of `registry garbage-collect`
set -eu

configuration=$1
storage=$2
shift 2
patience=${REGISTRY_LOCK_SECONDS:-300}

if [ ! -d "$storage/docker/registry/v2/repositories" ]; then
  echo 'registry-collect-garbage: nothing was pushed yet'
  exit 0
fi

mkdir -p "$storage/.locks"
exec 8>>"$storage/.locks/maintenance" 9>>"$storage/.locks/write"

take() {
  waited=0
  until flock -n "$1"; do
    if [ "$waited" -ge "$patience" ]; then
      echo "registry-collect-garbage: $2 after $patience s; nothing was deleted" >&2
      exit 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

take 8 'another collection has not ended'
take 9 'the registry has not stopped writing'

# Both locks go with the process, to its end.
exec registry garbage-collect "$@" "$configuration/config.yml"
