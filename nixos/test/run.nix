# Evaluates the modules for given machines:
#   NIX_REMOTE=dummy:// nix-instantiate --eval --strict --json test/run.nix --argstr nodes '{"NAME": NODE.JSON, …}'
# `succeeds` only says whether each can be evaluated; `entry` is "host" as nixos-infect starts, "image" as an image has
# it, "default" otherwise.
{
  nodes,
  lib ? import ./evaluator,
  entry ? "default",
  succeeds ? false,
}:
let
  stored = name: {
    outPath = "/nix/store/${name}";
    type = "derivation";
    inherit name;
  };
  # Packages are names: nothing is built.
  pkgs = {
    writeText = name: text: stored name // { inherit text; };
    writeShellApplication =
      {
        name,
        runtimeInputs,
        text,
      }:
      stored name // { inherit runtimeInputs text; };
    coreutils = stored "coreutils";
    curl = stored "curl";
    e2fsprogs = stored "e2fsprogs";
    gnused = stored "gnused";
    iproute2 = stored "iproute2";
    jq = stored "jq";
    nftables = stored "nftables";
    nix = stored "nix";
    systemd = stored "systemd";
    util-linux = stored "util-linux";
    k3s_1_34 = stored "k3s_1_34";
    k3s_1_35 = stored "k3s_1_35";
  };
  # What default.nix imports, and a node that is given instead of read.
  configurationOf =
    node:
    (lib.evalModules {
      specialArgs = {
        inherit pkgs;
      };
      modules = [
        ./options.nix
        { keelson = { inherit node; }; }
      ]
      ++ (import ../default.nix).imports
      ++ lib.optional (entry == "host") (withoutImports (import ../host.nix))
      ++ lib.optional (entry == "host") infected
      ++ lib.optional (entry == "image") ../image.nix;
    }).config;
  withoutImports = module: args: removeAttrs (module args) [ "imports" ];
  # What nixos-infect's own configuration.nix says.
  infected = {
    boot.tmp.cleanOnBoot = true;
    zramSwap.enable = false;
    networking.hostName = "ubuntu-s-2vcpu-4gb";
    networking.domain = "";
    services.openssh.enable = true;
    users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAAdamaged" ];
    system.stateVersion = "23.11";
  };
  resultOf = config: {
    k3s = {
      inherit (config.keelson.k3s) settings;
      file = builtins.fromJSON config.services.k3s.configPath.text;
      service = builtins.removeAttrs config.services.k3s [
        "configPath"
        "package"
      ];
      package = config.services.k3s.package.name;
      unit = config.systemd.services.k3s.unitConfig;
    };
    firewall = config.networking.firewall;
    inherit (config) fileSystems;
    inherit (config.networking) hostName domain usePredictableInterfaceNames;
    inherit (config.system) stateVersion;
    ssh = config.services.openssh;
    keys = config.users.users.root.openssh.authorizedKeys.keys;
    zram = config.zramSwap.enable;
    logind = config.services.logind.settings.Login;
    etc = builtins.mapAttrs (_: file: builtins.fromJSON file.text) config.environment.etc;
    tmpfiles = config.systemd.tmpfiles.rules;
    # Of the variants of an image, what they add to the machine.
    image = config.image.modules.digital-ocean.systemd.services or null;
    guard = config.systemd.services.keelson-metadata-guard;
    defaultClass = config.systemd.services.keelson-default-class or null;
    commands = builtins.listToAttrs (
      map (package: {
        inherit (package) name;
        value = map (input: input.name) package.runtimeInputs;
      }) config.environment.systemPackages
    );
    sysctl = config.boot.kernel.sysctl;
    housekeeping = {
      inherit (config.nix) gc settings;
      inherit (config.users) mutableUsers;
      inherit (config.time) timeZone;
      sudo = config.security.sudo.enable;
      journald = config.services.journald.extraConfig;
    };
    failed = map (one: one.message) (builtins.filter (one: !one.assertion) config.assertions);
  };
  evaluate = node: resultOf (configurationOf node);
in
builtins.mapAttrs (
  _: node:
  if succeeds then
    (builtins.tryEval (builtins.deepSeq (evaluate node) true)).success
  else
    evaluate node
) (builtins.fromJSON nodes)
