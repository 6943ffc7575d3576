# A change of a running machine, from outside over SSH: keelson-build, keelson-try, and keelson-confirm over a new
# connection. What is not confirmed in time is rolled back by a timer, and by a power cycle.
{ pkgs, ... }:
let
  command =
    name: runtimeInputs:
    pkgs.writeShellApplication {
      name = "keelson-${name}";
      inherit runtimeInputs;
      text = builtins.readFile (../scripts + "/${name}.sh");
    };
  ready = command "ready" [ pkgs.curl ];
  rollback = command "rollback" [ pkgs.systemd ];
in
{
  environment.systemPackages = [
    ready
    rollback
    (command "build" [ ])
    (command "try" [
      pkgs.systemd
      rollback
    ])
    (command "confirm" [
      pkgs.systemd
      ready
    ])
    (command "restore" [
      pkgs.systemd
      ready
    ])
  ];
}
