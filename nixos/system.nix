# The machine from the second day on: without nixos-infect's configuration.nix, with what it found out about the
# machine. keelson-build puts those two files beside this one; without them nothing could boot.
{
  imports = [
    ./default.nix
    ./hardware-configuration.nix
    ./networking.nix
  ];
}
