# A service in Rust as an image, each crate a derivation of its own: a change builds what depends on it and no more.
# crate2nix reads Cargo.lock while Nix evaluates, so no generated Cargo.nix is kept.
#   nix build .#worker && crane push result registry.example.com/lunch/worker:0.1.0
{
  pkgs,
  crate2nix,
  registry ? "registry.example.com/lunch",
}:
let
  cargoNix = pkgs.callPackage (crate2nix.tools.${pkgs.stdenv.hostPlatform.system}.generatedCargoNix {
    name = "worker";
    src = ./.;
  }) { };
  worker = cargoNix.rootCrate.build;
in
pkgs.dockerTools.buildLayeredImage {
  name = "${registry}/worker";
  tag = "0.1.0";
  contents = [ pkgs.cacert ];
  config = {
    Cmd = [ "${worker}/bin/worker" ];
    User = "10001:10001";
  };
}
