#!/usr/bin/env bash
# keelson-build FOLDER: builds the uploaded tree in FOLDER without activating it, and prints the store path.
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
  cp "$root/etc/nixos/$file" "$tree/$file"
done

mkdir -p "$build"
cd "$build"
rm -f result
if [ -e "$tree/flake.lock" ]; then
  nixos-rebuild build --flake "path:$tree#machine" >&2
else
  channel=https://nixos.org/channels/$(sed -nE 's/^ *"nixos": *"([a-z0-9.-]+)".*/\1/p' "$tree/node.json")
  if ! nix-channel --list | grep -qxF "nixos $channel"; then
    nix-channel --add "$channel" nixos >&2
    nix-channel --update nixos >&2
  fi
  # Else it would take the flake that lies in /etc/nixos.
  nixos-rebuild build --no-flake -I "nixos-config=$tree/system.nix" >&2
fi
printf '%s\n' "$tree" >"$build/tree"
realpath result
