# Public: 80 and 443. SSH: from operatorCidrs, which is everybody where the provider's firewall filters: an operator
# whose address changed could not tell a machine that filters by itself. The API: never from outside; stacks, people and
# CI reach it through an SSH forward. services.k3s opens nothing itself (NixOS/nixpkgs#98766).
{ config, lib, ... }:
let
  inherit (config.keelson) node;
  wireguard = node.flannelBackend == "wireguard-native";
  tablesOf = cidr: if lib.hasInfix ":" cidr then "ip6tables" else "iptables";
  allowSsh = cidr: "${tablesOf cidr} -A nixos-fw -p tcp -s ${cidr} --dport 22 -j nixos-fw-accept";
in
{
  networking.firewall = {
    enable = true;
    allowedTCPPorts = [
      80
      443
    ];
    # The iptables firewall has no option for a source address; its reload builds the chain anew, these included.
    extraCommands = lib.concatMapStringsSep "\n" allowSsh node.operatorCidrs;
    interfaces.${node.privateNetwork.interface} = {
      allowedTCPPorts = [
        10250 # kubelet
        5001 # embedded registry mirror
      ]
      ++ lib.optionals (node.role == "server") [
        6443 # API
        2379 # etcd, by certificate
        2380
      ];
      allowedUDPPorts = [ (if wireguard then 51820 else 8472) ];
    };
    # Pods talk to the API and to each other through these.
    trustedInterfaces = [
      "cni0"
      (if wireguard then "flannel-wg" else "flannel.1")
    ];
    # Answers of pods take another way than the questions came.
    checkReversePath = "loose";
    # The internet knocks all day: the journal would hold little else.
    logRefusedConnections = false;
  };
}
