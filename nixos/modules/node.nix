# What differs between machines: the keys of node.json, which lib/machine/node.ts writes in full. No option has a
# default here, so that each is stated once, in TypeScript; the module system refuses unknown keys and wrong types.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  required =
    type: description:
    mkOption { inherit type description; };
  fields = options: types.submodule { inherit options; };
  name = types.strMatching "[a-z]([-a-z0-9]*[a-z0-9])?";
  # Goes into a rule of the firewall: nothing else than an address may pass.
  cidr = types.strMatching "[0-9a-fA-F.:]+/[0-9]+";
in
{
  options.keelson.node = {
    hostname = required name "Name of the machine and of its Kubernetes node.";
    role = required (types.enum [
      "server"
      "agent"
    ]) "Control plane and workloads, or workloads only.";
    clusterInit = required types.bool "Begins a cluster with embedded etcd; no effect once it exists.";
    serverAddress = required (types.nullOr (types.strMatching "https://.+")) "The API that it joins.";
    tlsSans = required (types.listOf types.str) "Names and addresses in the API's certificate.";
    sshKeys = required (types.listOf types.str) "Public keys that may log in as root.";
    operatorCidrs = required (types.listOf cidr) "Addresses from which SSH is reachable.";
    privateNetwork = {
      interface = required (types.strMatching "[a-z][a-z0-9]*") "The machine's end of the private network.";
      cidr = required cidr "The private network.";
    };
    flannelBackend = required (types.enum [
      "vxlan"
      "wireguard-native"
    ]) "How pods of different machines reach each other.";
    disabledComponents = required (types.listOf types.str) "Components of k3s that are not installed.";
    storageClass = required name "The default class of claims; the same on all servers.";
    nodeLabels = required (types.attrsOf types.str) "Labels of the Kubernetes node.";
    registries = {
      mirrors = required (types.attrsOf (fields {
        endpoint = mkOption {
          type = types.listOf types.str;
          # Absent in k3s' own format too: nodes share the registry's images among themselves.
          default = [ ];
        };
      })) "Where images of a registry are fetched.";
      configs = required (types.attrsOf (fields {
        tls.ca_file = required types.str "Certificate authority of the registry.";
      })) "How a registry is connected to; never its credentials.";
    };
    snapshots = required (types.nullOr (fields {
      bucket = required types.str "Name of the bucket.";
      endpoint = required types.str "Host of the object store.";
      region = required types.str "Region of the bucket.";
      folder = required types.str "Folder in the bucket.";
      schedule = required types.str "When, as cron says it, in UTC.";
      retention = required types.ints.positive "How many are kept.";
    })) "Where snapshots of etcd go.";
    dataVolume = required (types.nullOr (fields {
      device = required (types.strMatching "/dev/disk/by-id/.+") "The volume, by a name that survives reboots.";
      mountPoint = required (types.strMatching "/.+") "Where it is mounted.";
    })) "The volume of local-path claims.";
    reservations = {
      cpuMillis = required types.ints.positive "Thousandths of a core that pods do not get.";
      memoryMiB = required types.ints.positive "Memory that pods do not get, in MiB.";
    };
    versions = {
      nixos = required (types.strMatching "nixos-[0-9]{2}\\.[0-9]{2}(-small)?") "Channel of the first installation.";
      k3s = required (types.strMatching "k3s_[0-9]+_[0-9]+") "Attribute of the package.";
    };
    stateVersion = required (types.strMatching "[0-9]{2}\\.[0-9]{2}") "Release that the machine's state began with.";
  };
}
