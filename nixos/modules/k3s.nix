# k3s, by one file of settings: a change of it restarts the unit, and nothing needs systemd's quoting.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.keelson) node secrets;
  server = node.role == "server";
  json = name: value: pkgs.writeText name (builtins.toJSON value);
  shutdownSeconds = 60;
in
{
  options.keelson = {
    k3s.settings = lib.mkOption {
      type = lib.types.attrsOf lib.types.anything;
      default = { };
      description = "The settings of k3s, by the names of its flags.";
    };
    k3s.waitsFor = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Files without which k3s does not start.";
    };
    # Not below /etc/nixos: a flake copies that folder into the store, which everybody on the machine can read.
    secrets = lib.mkOption {
      type = lib.types.str;
      default = "/var/lib/keelson/secrets";
      description = "Folder of what is pushed over SSH and never stands in this tree.";
    };
  };

  config = {
    assertions = [
      {
        assertion = (node.role == "agent" || !node.clusterInit) -> node.serverAddress != null;
        message = "node.json: a machine that does not begin a cluster (clusterInit) needs serverAddress";
      }
      {
        assertion = node.clusterInit -> server && node.serverAddress == null;
        message = "node.json: clusterInit is for a server without serverAddress";
      }
      {
        assertion = node.snapshots != null -> server;
        message = "node.json: snapshots are taken by servers; an agent has no etcd";
      }
      {
        assertion = node.sshKeys != [ ] && node.operatorCidrs != [ ];
        message = "node.json: without sshKeys and operatorCidrs nobody could log in any more";
      }
    ];

    # For keelson-restore, which runs k3s beside its unit.
    environment.etc."keelson/k3s.json".text = builtins.toJSON config.keelson.k3s.settings;

    keelson.k3s.waitsFor = [ "${secrets}/token" ] ++ lib.optional server "${secrets}/agent-token";

    keelson.k3s.settings = {
      node-name = node.hostname;
      node-label = lib.mapAttrsToList (name: value: "${name}=${value}") node.nodeLabels;
      # Says the node's address too: k3s takes the one of this interface.
      flannel-iface = node.privateNetwork.interface;
      # The kernel's settings are below; the kubelet refuses to start without them instead of changing them.
      protect-kernel-defaults = true;
      # A NodePort answers inside the private network only: the host's firewall never sees it.
      kube-proxy-arg = [ "nodeport-addresses=${node.privateNetwork.cidr}" ];
    }
    // lib.optionalAttrs server {
      write-kubeconfig-mode = "0600";
      tls-san = node.tlsSans;
      flannel-backend = node.flannelBackend;
      disable = node.disabledComponents;
      secrets-encryption = true;
      # Nodes share images of the registries that registries.yaml names.
      embedded-registry = true;
      kube-apiserver-arg = [
        "admission-control-config-file=${json "admission.json" (import ./k3s/pod-security.nix)}"
        "audit-policy-file=${json "audit-policy.json" (import ./k3s/audit-policy.nix)}"
        "audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log"
        "audit-log-maxage=30"
        "audit-log-maxbackup=5"
        "audit-log-maxsize=50"
      ];
    };

    services.k3s = {
      enable = true;
      package =
        pkgs.${node.versions.k3s}
          or (throw "node.json: versions.k3s is ${node.versions.k3s}, which this nixpkgs does not have (any more)");
      inherit (node) role;
      clusterInit = node.clusterInit;
      serverAddr = lib.mkIf (node.serverAddress != null) node.serverAddress;
      # Strings: a Nix path would copy the secret into the store.
      tokenFile = "${secrets}/token";
      agentTokenFile = lib.mkIf server "${secrets}/agent-token";
      configPath = json "k3s.json" config.keelson.k3s.settings;
      gracefulNodeShutdown = {
        enable = true;
        shutdownGracePeriod = "${toString shutdownSeconds}s";
        shutdownGracePeriodCriticalPods = "15s";
      };
      extraKubeletConfig = {
        kubeReserved = {
          cpu = "${toString node.reservations.cpuMillis}m";
          memory = "${toString node.reservations.memoryMiB}Mi";
        };
        evictionHard = {
          "memory.available" = "100Mi";
          "nodefs.available" = "10%";
          "nodefs.inodesFree" = "5%";
          "imagefs.available" = "10%";
        };
        containerLogMaxSize = "10Mi";
        containerLogMaxFiles = 3;
      };
    };

    # The kubelet would write this file itself, which NixOS does not let it: the pods would be cut off at once.
    services.logind.settings.Login.InhibitDelayMaxSec = shutdownSeconds;

    systemd.services.k3s.unitConfig.ConditionPathExists = config.keelson.k3s.waitsFor;
    systemd.tmpfiles.rules = [
      "d /var/lib/keelson 0700 root root - -"
      "d ${secrets} 0700 root root - -"
    ];

    # Credentials are not in it: pods bring them (imagePullSecrets).
    environment.etc."rancher/k3s/registries.yaml".text = builtins.toJSON {
      mirrors = lib.mapAttrs (_: lib.filterAttrs (_: value: value != [ ])) node.registries.mirrors;
      inherit (node.registries) configs;
    };

    # What protect-kernel-defaults asks for: https://docs.k3s.io/security/hardening-guide
    boot.kernel.sysctl = {
      "vm.panic_on_oom" = 0;
      "vm.overcommit_memory" = 1;
      "kernel.panic" = 10;
      "kernel.panic_on_oops" = 1;
      "kernel.keys.root_maxkeys" = 1000000;
      "kernel.keys.root_maxbytes" = 25000000;
    };
  };
}
