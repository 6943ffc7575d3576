# For nixos-infect only, whose configuration.nix imports it (NIXOS_IMPORT) and says some things of its own: ours count.
{ config, lib, ... }:
let
  inherit (config.keelson) node;
in
{
  imports = [ ./default.nix ];
  networking.hostName = lib.mkForce node.hostname;
  networking.domain = lib.mkForce null;
  # It writes "23.11", whatever the channel.
  system.stateVersion = lib.mkForce node.stateVersion;
  # It copies the keys of the system that was there, and damages comments with spaces.
  users.users.root.openssh.authorizedKeys.keys = lib.mkForce node.sshKeys;
  zramSwap.enable = lib.mkForce true;
  # Whether it begins a cluster or joins one that lives is said by the first upload, not by the user data: a first server
  # that was made anew, and restarts when it has its secrets and nothing else, must not begin a second one. The first
  # confirmation makes this file; from then on the machine starts without host.nix.
  keelson.k3s.waitsFor = [ "/etc/nixos/.keelson-tree" ];
}
