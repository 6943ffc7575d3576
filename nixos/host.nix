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
}
