# Who changed what, without the contents: a log of bodies would hold secrets.
let
  level = level: rest: { inherit level; } // rest;
in
{
  apiVersion = "audit.k8s.io/v1";
  kind = "Policy";
  omitStages = [ "RequestReceived" ];
  rules = [
    # The machinery renews leases and writes events all the time.
    (level "None" {
      resources = [
        {
          group = "coordination.k8s.io";
          resources = [ "leases" ];
        }
        {
          group = "";
          resources = [ "events" ];
        }
        {
          group = "events.k8s.io";
          resources = [ "events" ];
        }
      ];
    })
    (level "None" {
      nonResourceURLs = [
        "/healthz*"
        "/livez*"
        "/readyz*"
        "/version"
        "/openapi/*"
      ];
    })
    # Who read a secret matters as much as who changed it.
    (level "Metadata" {
      resources = [
        {
          group = "";
          resources = [ "secrets" ];
        }
      ];
    })
    (level "None" {
      verbs = [
        "get"
        "list"
        "watch"
      ];
    })
    (level "Metadata" { })
  ];
}
