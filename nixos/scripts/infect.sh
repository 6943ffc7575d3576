#!/usr/bin/env bash
# Turns a fresh Ubuntu droplet into NixOS with nixos-infect, up to the restart.
set -euo pipefail
root=${KEELSON_ROOT:-}
tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
work=$(dirname "$tree")
# INFECT_URL, INFECT_SHA256, INSTALLER_URL, INSTALLER_SHA256 (may be empty), CHANNEL.
# shellcheck source=/dev/null
. "$work/bootstrap.env"

begin() { echo "keelson: $1"; }
refuse() {
  echo "$1" >&2
  exit 1
}
fetch() { curl --fail --silent --show-error --location --retry 5 --retry-connrefused --output "$2" "$1"; }
verify() { printf '%s  %s\n' "$1" "$2" | sha256sum --check --strict; }

begin 'let the bootstrap key in'
mkdir -p "$root/root/.ssh"
chmod 0700 "$root/root/.ssh"
touch "$root/root/.ssh/authorized_keys"
while read -r key; do
  grep -qxF "$key" "$root/root/.ssh/authorized_keys" || printf '%s\n' "$key" >>"$root/root/.ssh/authorized_keys"
done <"$work/authorized_keys"

begin 'look for an IPv6 route'
# Without one nixos-infect writes a route that breaks the network (nixos-infect#209).
[ -n "$(ip -6 route show default)" ] || refuse 'the droplet has no IPv6; create it anew with ipv6: true'

begin 'put the configuration into /etc/nixos'
[ ! -e "$tree/configuration.nix" ] || refuse 'the tree must not contain a configuration.nix'
# Where nixos-infect finds a configuration.nix it writes neither hardware nor network configuration.
if [ -e "$root/etc/nixos" ]; then
  rm -rf "$root/etc/nixos.before-keelson"
  mv "$root/etc/nixos" "$root/etc/nixos.before-keelson"
fi
cp -R "$tree" "$root/etc/nixos"

begin 'download and verify nixos-infect'
fetch "$INFECT_URL" "$work/nixos-infect"
verify "$INFECT_SHA256" "$work/nixos-infect"

begin 'download the installer of Nix'
fetch "$INSTALLER_URL" "$work/install-nix"
if [ -n "$INSTALLER_SHA256" ]; then verify "$INSTALLER_SHA256" "$work/install-nix"; fi

begin 'unmount what nixos-infect stumbles over'
# On a BIOS machine it moves /boot away, which fails while something is mounted there (nixos-infect#199, #256).
if [ ! -d "$root/sys/firmware/efi" ]; then
  for folder in "$root/boot/efi" "$root/boot"; do
    if mountpoint -q "$folder"; then umount "$folder"; fi
  done
fi

begin 'run nixos-infect'
PROVIDER=digitalocean NIXOS_IMPORT=./host.nix NIX_CHANNEL=$CHANNEL NIX_INSTALL_URL=file://$work/install-nix \
  NO_REBOOT=1 timeout --kill-after=60 1800 bash "$work/nixos-infect"
