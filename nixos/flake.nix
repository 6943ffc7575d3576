# For the machine (`nixosConfigurations.machine`), for people (`nix develop`) and for CI (`nix flake check`). Its lock
# file is listed in unresolved.json; `nix flake lock` makes it.
{
  description = "NixOS machines with k3s";

  inputs = {
    # The channel of lib/config/versions.ts.
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    crate2nix = {
      url = "github:nix-community/crate2nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      crate2nix,
    }:
    let
      inherit (nixpkgs) lib;
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
      # People's own machines; droplets are x86_64-linux.
      forAllSystems = lib.genAttrs [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];

      example = builtins.fromJSON (builtins.readFile ./node.example.json);
      modules = (import ./default.nix).imports;
      withNode = node: { keelson = { inherit node; }; };
      # On a machine the three files are there; elsewhere there is nothing to build a machine from.
      onMachine = builtins.pathExists ./node.json && builtins.pathExists ./hardware-configuration.nix;
      imageOf =
        node:
        lib.nixosSystem {
          inherit system;
          modules = modules ++ [
            ./image.nix
            (withNode node)
          ];
        };
    in
    {
      # To be imported by a flake of one's own, with `keelson.node` set.
      nixosModules.default = {
        imports = modules;
      };

      nixosConfigurations = {
        example = imageOf example;
      }
      // lib.optionalAttrs onMachine {
        machine = lib.nixosSystem {
          inherit system;
          modules = [ ./system.nix ];
        };
      };

      packages.${system} = {
        # For `doctl compute image create`; a machine made from it needs no nixos-infect, and has no IPv6.
        digital-ocean = self.nixosConfigurations.example.config.system.build.images.digital-ocean;
        web = import ./images/node { inherit pkgs; };
        worker = import ./images/rust { inherit pkgs crate2nix; };
      };

      devShells = forAllSystems (name: {
        default = import ./dev-shell.nix { pkgs = nixpkgs.legacyPackages.${name}; };
      });

      checks.${system} = {
        # The same machines as in test/nixos, with everything that NixOS adds.
        example = self.nixosConfigurations.example.config.system.build.toplevel;
        inherit (self.packages.${system}) web worker;
      }
      # The npm package comes without the tests.
      // lib.optionalAttrs (builtins.pathExists ./test/run.nix) {
        modules =
          let
            machines = import ./test/run.nix {
              inherit lib;
              nodes = builtins.toJSON { inherit example; };
            };
            failed = builtins.concatMap (machine: machine.failed) (builtins.attrValues machines);
          in
          if failed == [ ] then
            pkgs.writeText "modules.json" (builtins.toJSON machines)
          else
            throw (builtins.concatStringsSep "; " failed);
      };

      formatter = forAllSystems (name: nixpkgs.legacyPackages.${name}.nixfmt);
    };
}
