#!/usr/bin/env bash
# keelson-build FOLDER: builds the uploaded tree in FOLDER without activating it, and prints the store path. Of
# /etc/nixos it builds again what was last confirmed: without flake.lock with what the channel has by now.
set -euo pipefail
root=${KEELSON_ROOT:-}
tree=$(realpath "${1:?the folder of the uploaded tree is missing: keelson-build FOLDER}")
build=$root/var/lib/keelson/build

# What only the machine knows; a tree without them could not boot.
for file in hardware-configuration.nix networking.nix; do
  if [ ! -e "$root/etc/nixos/$file" ]; then
    echo "keelson-build: $root/etc/nixos/$file is missing; nixos-infect should have written it" >&2
    exit 1
  fi
  [ "$tree" -ef "$root/etc/nixos" ] || cp "$root/etc/nixos/$file" "$tree/$file"
done

mkdir -p "$build"
cd "$build"
rm -f result
if [ -e "$tree/flake.lock" ]; then
  nixos-rebuild build --flake "path:$tree#machine" >&2
else
  channel=https://nixos.org/channels/$(sed -nE 's/^ *"nixos": *"([a-z0-9.-]+)".*/\1/p' "$tree/node.json")
  nix-channel --add "$channel" nixos >&2
  # Each time, and nothing is built where it fails: what is not updated has no security updates, and the channel of an
  # earlier release is no substitute for the one that was asked for.
  nix-channel --update nixos >&2 || {
    echo "keelson-build: $channel could not be downloaded, so nothing was built; try again, or give it a flake.lock" >&2
    exit 1
  }
  # Else it would take the flake that lies in /etc/nixos.
  nixos-rebuild build --no-flake -I "nixos-config=$tree/system.nix" >&2
fi
printf '%s\n' "$tree" >"$build/tree"
realpath result
