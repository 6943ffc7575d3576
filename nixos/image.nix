# A machine without nixos-infect's files: for images, and to evaluate the modules as a whole.
{ lib, ... }:
{
  boot.loader.grub.devices = lib.mkDefault [ "/dev/vda" ];
  # Key by key: modules/digitalocean.nix says something of this file system too, and a default of the whole would lose.
  fileSystems."/" = {
    device = lib.mkDefault "/dev/disk/by-label/nixos";
    fsType = lib.mkDefault "ext4";
  };
  # As nixos-infect's networking.nix has it: node.json names the private network's interface so (eth1).
  networking.usePredictableInterfaceNames = false;
  # nixos-generators did this; it is deprecated since 25.05.
  image.modules.digital-ocean = {
    # Else the machine would take its own cloud-config for a NixOS configuration.
    virtualisation.digitalOcean.rebuildFromUserData = false;
    # Keys are in the configuration.
    virtualisation.digitalOcean.setSshKeys = false;
  };
}
