#!/usr/bin/env bash
# Whether k3s on this machine is ready: the API on a server, the kubelet on an agent. Says so by its exit code.
set -euo pipefail
root=${KEELSON_ROOT:-}

# Only servers have it.
if [ -e "$root/etc/rancher/k3s/k3s.yaml" ]; then
  k3s kubectl --kubeconfig "$root/etc/rancher/k3s/k3s.yaml" get --raw /readyz >/dev/null
else
  curl --fail --silent --max-time 5 http://127.0.0.1:10248/healthz >/dev/null
fi
