# A service in Node as an image: no distribution, no shell, the same bytes from the same inputs. Push it to the
# registry of the cluster:
#   nix build .#web && docker load < result && docker push registry.example.com/lunch/web:0.1.0
# or without Docker: crane push result registry.example.com/lunch/web:0.1.0
{
  pkgs,
  registry ? "registry.example.com/lunch",
}:
let
  # `nodejs-slim` leaves npm out. With dependencies: pkgs.buildNpmPackage, whose npmDepsHash `prefetch-npm-deps
  # package-lock.json` computes.
  node = pkgs.nodejs-slim_22;
in
pkgs.dockerTools.buildLayeredImage {
  name = "${registry}/web";
  tag = "0.1.0";
  contents = [ pkgs.cacert ];
  config = {
    Cmd = [
      "${node}/bin/node"
      "${./server.mjs}"
    ];
    ExposedPorts."8080/tcp" = { };
    # The user that Keelson's pods run as.
    User = "10001:10001";
    Env = [ "NODE_ENV=production" ];
  };
}
