# Exactly one class is the default. k3s marks its own at each start, so where another one is, k3s is kept from applying
# it: a new cluster has none, and one that grew up with it keeps what it has, for its old claims, without the mark.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.keelson) node;
  inherit (config.keelson.k3s) waitsFor;
  other = node.role == "server" && node.storageClass != "local-path";
  server = "/var/lib/rancher/k3s/server";
  # https://docs.k3s.io/installation/packaged-components#using-skip-files
  skip = "${server}/manifests/local-storage.yaml.skip";
  unmark = pkgs.writeShellApplication {
    name = "keelson-default-class";
    runtimeInputs = [ config.services.k3s.package ];
    text = builtins.readFile ../scripts/default-class.sh;
  };
in
{
  environment.systemPackages = lib.optional other unmark;

  # As private as k3s itself makes these folders.
  systemd.tmpfiles.rules =
    if other then
      [
        "d ${server} 0700 root root - -"
        "d ${server}/manifests 0700 root root - -"
        "f ${skip} 0600 root root - -"
      ]
    else
      [ "r ${skip} - - - - -" ];

  systemd.services = lib.mkIf other {
    keelson-default-class = {
      description = "Keep local-path from being the default class of claims";
      wantedBy = [ "multi-user.target" ];
      after = [ "k3s.service" ];
      unitConfig.ConditionPathExists = waitsFor;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "${unmark}/bin/keelson-default-class";
        # Until the API answers.
        Restart = "on-failure";
        RestartSec = 10;
      };
    };
  };
}
