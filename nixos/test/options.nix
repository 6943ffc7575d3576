# Options of NixOS that the modules set, with the types that nixpkgs (26.05) gives them. One that is missing here is an
# error of the evaluation, as it would be on the machine.
{ lib, pkgs, ... }:
let
  inherit (lib) types;
  option =
    type: default:
    lib.mkOption { inherit type default; };
  required = type: lib.mkOption { inherit type; };
  strings = types.listOf types.str;
  ports = option (types.listOf types.port) [ ];
  enable = option types.bool false;
  freeform = option (types.attrsOf types.anything) { };
  openPorts = {
    allowedTCPPorts = ports;
    allowedUDPPorts = ports;
  };
  set = options: option (types.attrsOf (types.submodule { inherit options; })) { };
in
{
  options = {
    assertions = option (types.listOf (types.attrsOf types.anything)) [ ];
    boot = {
      growPartition = enable;
      kernel.sysctl = freeform;
      kernelParams = option strings [ ];
      loader.grub.configurationLimit = option types.int 100;
      loader.grub.devices = option strings [ ];
      tmp.cleanOnBoot = enable;
    };
    documentation.enable = option types.bool true;
    documentation.nixos.enable = option types.bool true;
    environment.etc = set { text = required (types.nullOr types.lines); };
    environment.systemPackages = option (types.listOf types.package) [ ];
    fileSystems = set {
      device = option (types.nullOr types.nonEmptyStr) null;
      fsType = option types.nonEmptyStr "auto";
      autoFormat = enable;
      autoResize = enable;
      options = option (types.listOf types.nonEmptyStr) [ ];
    };
    image.modules = freeform;
    networking = {
      usePredictableInterfaceNames = option types.bool true;
      hostName = option types.str "nixos";
      domain = option (types.nullOr types.str) null;
      firewall = openPorts // {
        enable = option types.bool true;
        extraCommands = option types.lines "";
        interfaces = set openPorts;
        trustedInterfaces = option strings [ ];
        checkReversePath = option (types.either types.bool (types.enum [
          "strict"
          "loose"
        ])) true;
        logRefusedConnections = option types.bool true;
      };
    };
    nix = {
      daemonCPUSchedPolicy = option (types.enum [
        "other"
        "batch"
        "idle"
      ]) "other";
      daemonIOSchedClass = option (types.enum [
        "best-effort"
        "idle"
      ]) "best-effort";
      gc.automatic = enable;
      gc.dates = option (types.either types.str strings) "03:15";
      gc.options = option types.str "";
      package = option types.package pkgs.nix;
      settings = freeform;
    };
    programs.command-not-found.enable = option types.bool true;
    security.sudo.enable = option types.bool true;
    services = {
      do-agent.enable = enable;
      journald.extraConfig = option types.lines "";
      k3s = {
        enable = enable;
        package = required types.package;
        role = option (types.enum [
          "server"
          "agent"
        ]) "server";
        clusterInit = enable;
        serverAddr = option types.str "";
        tokenFile = option (types.nullOr types.path) null;
        agentTokenFile = option (types.nullOr types.path) null;
        configPath = option (types.nullOr types.path) null;
        environmentFile = option (types.nullOr types.path) null;
        extraKubeletConfig = freeform;
        gracefulNodeShutdown = {
          enable = enable;
          shutdownGracePeriod = option types.nonEmptyStr "30s";
          shutdownGracePeriodCriticalPods = option types.nonEmptyStr "10s";
        };
      };
      logind.settings.Login = freeform;
      openssh = {
        enable = enable;
        openFirewall = option types.bool true;
        settings = freeform;
      };
    };
    system.stateVersion = required types.str;
    systemd.services = set {
      description = option types.str "";
      wantedBy = option strings [ ];
      requiredBy = option strings [ ];
      before = option strings [ ];
      after = option strings [ ];
      reloadIfChanged = enable;
      serviceConfig = freeform;
      unitConfig = freeform;
    };
    systemd.tmpfiles.rules = option strings [ ];
    time.timeZone = option (types.nullOr types.str) null;
    users.mutableUsers = option types.bool true;
    users.users = set { openssh.authorizedKeys.keys = option strings [ ]; };
    zramSwap.enable = enable;
  };
}
