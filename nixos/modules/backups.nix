# Snapshots of etcd in a bucket. They hold the cluster's objects; the volumes are `keelson backup`'s. A snapshot is of
# no use without the server token of its time.
{ config, lib, ... }:
let
  inherit (config.keelson) node secrets;
  inherit (node) snapshots;
  # AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
  credentials = "${secrets}/snapshots.env";
in
{
  config = lib.mkIf (snapshots != null) {
    keelson.k3s.settings = {
      etcd-s3 = true;
      etcd-s3-bucket = snapshots.bucket;
      etcd-s3-endpoint = snapshots.endpoint;
      etcd-s3-region = snapshots.region;
      etcd-s3-folder = snapshots.folder;
      etcd-snapshot-schedule-cron = snapshots.schedule;
      etcd-snapshot-retention = snapshots.retention;
      etcd-snapshot-compress = true;
    };
    services.k3s.environmentFile = credentials;
    # Else a cluster would run for weeks in the belief that it is backed up.
    keelson.k3s.waitsFor = [ credentials ];
  };
}
