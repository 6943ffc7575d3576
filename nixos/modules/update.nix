# A change of a running machine, from outside over SSH: keelson-build, keelson-try, and keelson-confirm over a new
# connection. What is not confirmed in time is rolled back by a timer, and by a power cycle.
{ config, pkgs, ... }:
let
  # Each with all that it calls: a unit of systemd, as the timer's, has none of the system's commands on its PATH. The
  # exception is nixos-rebuild, which is the running system's own; keelson-build is called by who logs in.
  command =
    name: runtimeInputs:
    pkgs.writeShellApplication {
      name = "keelson-${name}";
      inherit runtimeInputs;
      text = builtins.readFile (../scripts + "/${name}.sh");
    };
  nix = config.nix.package;
  k3s = config.services.k3s.package;
  ready = command "ready" [
    pkgs.curl
    k3s
  ];
  rollback = command "rollback" [
    pkgs.coreutils
    pkgs.systemd
    pkgs.util-linux
  ];
in
{
  environment.systemPackages = [
    ready
    rollback
    (command "build" [
      pkgs.coreutils
      pkgs.gnused
      nix
    ])
    (command "try" [
      pkgs.coreutils
      pkgs.systemd
      rollback
    ])
    (command "confirm" [
      pkgs.coreutils
      pkgs.gnused
      nix
      pkgs.systemd
      pkgs.util-linux
      ready
      rollback
    ])
    (command "restore" [
      pkgs.coreutils
      k3s
      pkgs.systemd
      ready
    ])
    (command "grow" [
      pkgs.e2fsprogs
      pkgs.util-linux
    ])
  ];
}
