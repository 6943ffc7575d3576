# What a droplet needs. Disk, boot loader and addresses are in the files that nixos-infect wrote on the machine
# (hardware-configuration.nix, networking.nix); this module takes them as they are.
{ lib, ... }:
{
  # In place of the vendor's agent, whose package is for other distributions.
  services.do-agent.enable = lib.mkDefault true;

  # The provider's web console shows what goes to the first serial line and to the screen.
  boot.kernelParams = [
    "console=tty1"
    "console=ttyS0"
  ];

  # A bigger size brings a bigger disk; the partition follows at the next boot.
  boot.growPartition = lib.mkDefault true;
  fileSystems."/".autoResize = lib.mkDefault true;

  # nixos-infect leaves the old system there, cloud-init's copy of the user data included.
  systemd.tmpfiles.rules = [ "R /old-root/var/lib/cloud - - - - -" ];
}
