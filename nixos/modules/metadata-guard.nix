# Pods must not read the droplet's metadata. They are forwarded, the machine's own services are not. A pod on the
# host's network would pass: modules/k3s/pod-security.nix keeps it out. The driver of block storage, which has to know
# its droplet, is one, in a namespace of its own.
{ pkgs, ... }:
let
  rules = pkgs.writeText "metadata-guard.nft" (builtins.readFile ./metadata-guard.nft);
  load = "${pkgs.nftables}/bin/nft --file ${rules}";
in
{
  systemd.services.keelson-metadata-guard = {
    description = "Keep pods from the provider's metadata";
    wantedBy = [ "multi-user.target" ];
    requiredBy = [ "k3s.service" ];
    before = [ "k3s.service" ];
    # A restart would take k3s along.
    reloadIfChanged = true;
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = load;
      ExecReload = load;
    };
  };
}
