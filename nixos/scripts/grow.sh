#!/usr/bin/env bash
# keelson-grow FOLDER: makes the file system that is mounted there as large as its volume, while it is used. At a start
# NixOS does so itself; a volume grows under a running machine. Where it is that large, nothing happens.
set -euo pipefail
folder=${1:?the folder is missing: keelson-grow FOLDER}

device=$(findmnt --noheadings --output SOURCE --mountpoint "$folder") || {
  echo "keelson-grow: nothing is mounted at $folder; look at: systemctl status -- \"$folder\"" >&2
  exit 1
}
resize2fs "$device" >&2
