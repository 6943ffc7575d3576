# The volume of local-path claims: it outlives the machine.
{ config, lib, ... }:
let
  inherit (config.keelson) node;
  inherit (node) dataVolume;
in
{
  config = lib.mkIf (dataVolume != null) {
    fileSystems.${dataVolume.mountPoint} = {
      inherit (dataVolume) device;
      fsType = "ext4";
      # Formats an empty volume and leaves any other alone.
      autoFormat = true;
      autoResize = true;
      options = [
        "noatime"
        # SSH answers without the volume; k3s waits for it.
        "nofail"
        "x-systemd.device-timeout=60s"
      ];
    };
    systemd.services.k3s.unitConfig.RequiresMountsFor = dataVolume.mountPoint;
    keelson.k3s.settings = lib.mkIf (node.role == "server") {
      default-local-storage-path = "${dataVolume.mountPoint}/local-path";
    };
  };
}
