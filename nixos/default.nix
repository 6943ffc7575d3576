# A machine of Keelson: the modules, and the node.json beside this file.
{
  imports = [
    ./modules/node.nix
    ./modules/base.nix
    ./modules/digitalocean.nix
    ./modules/firewall.nix
    ./modules/metadata-guard.nix
    ./modules/k3s.nix
    ./modules/data-volume.nix
    ./modules/storage-class.nix
    ./modules/backups.nix
    ./modules/update.nix
  ];
  keelson.node = builtins.fromJSON (builtins.readFile ./node.json);
}
