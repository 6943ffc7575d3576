# What a person needs to work on services and clusters: `nix develop`.
{ pkgs }:
pkgs.mkShell {
  packages = [
    pkgs.age
    pkgs.crane
    pkgs.docker-client
    pkgs.doctl
    pkgs.git
    pkgs.gnumake
    pkgs.jq
    pkgs.k9s
    pkgs.kubectl
    pkgs.nodejs_22
    pkgs.openssh
    # With the language host of Node beside it.
    (pkgs.pulumi.withPackages (packages: [ packages.pulumi-nodejs ]))
    pkgs.shellcheck
    pkgs.stern
  ];
}
