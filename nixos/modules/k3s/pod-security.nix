# What a namespace without labels allows. Keelson's environments say "restricted" themselves; `baseline` keeps pods of
# any other namespace off the host's network, from where modules/metadata-guard.nix could not stop them.
{
  apiVersion = "apiserver.config.k8s.io/v1";
  kind = "AdmissionConfiguration";
  plugins = [
    {
      name = "PodSecurity";
      configuration = {
        apiVersion = "pod-security.admission.config.k8s.io/v1";
        kind = "PodSecurityConfiguration";
        defaults = {
          enforce = "baseline";
          enforce-version = "latest";
          audit = "restricted";
          audit-version = "latest";
          warn = "restricted";
          warn-version = "latest";
        };
        exemptions = {
          usernames = [ ];
          runtimeClasses = [ ];
          # k3s' own: service load balancer, local-path.
          namespaces = [ "kube-system" ];
        };
      };
    }
  ];
}
