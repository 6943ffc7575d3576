# A machine without nixos-infect's files: for images, and to evaluate the modules as a whole.
{
  config,
  lib,
  pkgs,
  ...
}:
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
    # DHCP gives the public address. The private one is known to the metadata alone, which nixpkgs' own unit fetches;
    # k3s takes its address from that interface.
    systemd.services.keelson-private-address = {
      description = "Give the private network's interface its address";
      wantedBy = [ "multi-user.target" ];
      requiredBy = [ "k3s.service" ];
      before = [ "k3s.service" ];
      requires = [ "digitalocean-metadata.service" ];
      after = [ "digitalocean-metadata.service" ];
      path = [
        pkgs.iproute2
        pkgs.jq
      ];
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
      };
      script = ''
        address=$(jq -er '.interfaces.private[0].ipv4 // empty | "\(.ip_address)/\(.netmask)"' /run/do-metadata/v1.json)
        ip address replace "$address" dev ${config.keelson.node.privateNetwork.interface}
        ip link set ${config.keelson.node.privateNetwork.interface} up
      '';
    };
  };
}
