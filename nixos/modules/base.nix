# What every machine has: who may log in, what it keeps, and nothing that it does not need.
{ config, lib, ... }:
let
  inherit (config.keelson) node;
in
{
  networking.hostName = node.hostname;
  system.stateVersion = node.stateVersion;
  time.timeZone = lib.mkDefault "UTC";

  # Users, keys and passwords are what this tree says: nothing that was once typed on the machine stays.
  users.mutableUsers = false;
  users.users.root.openssh.authorizedKeys.keys = node.sshKeys;
  # There are no users who could become root.
  security.sudo.enable = false;

  services.openssh = {
    enable = true;
    # modules/firewall.nix opens it, for operatorCidrs.
    openFirewall = false;
    settings = {
      PermitRootLogin = "prohibit-password";
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      X11Forwarding = false;
    };
  };

  # A rebuild needs more memory than small machines have free (NixOS/nix#2664).
  zramSwap.enable = true;

  nix = {
    gc = {
      automatic = true;
      # A default: a team with a small disk collects more often.
      dates = lib.mkDefault "weekly";
      options = lib.mkDefault "--delete-older-than 30d";
    };
    # A rebuild takes what the services leave.
    daemonCPUSchedPolicy = "idle";
    daemonIOSchedClass = "idle";
    settings = {
      experimental-features = [
        "nix-command"
        "flakes"
      ];
      auto-optimise-store = true;
      # Frees space before a build fills the disk that etcd writes to.
      min-free = 1073741824;
      max-free = 3221225472;
    };
  };

  services.journald.extraConfig = ''
    SystemMaxUse=1G
    MaxRetentionSec=1month
  '';

  boot.tmp.cleanOnBoot = true;
  # Old kernels stay bootable, but not so many that the disk fills.
  boot.loader.grub.configurationLimit = lib.mkDefault 10;

  # Nobody reads manuals there, and they make every rebuild longer.
  documentation.enable = false;
  documentation.nixos.enable = false;
  programs.command-not-found.enable = false;

  environment.etc."keelson/node.json".text = builtins.toJSON node;
}
