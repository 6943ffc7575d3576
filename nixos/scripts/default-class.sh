#!/usr/bin/env bash
# Takes the mark of the default class from k3s' local-path, where the cluster has it: a unit of servers whose default is
# another one. k3s is kept from setting it again.
set -euo pipefail
root=${KEELSON_ROOT:-}
kubectl() { k3s kubectl --kubeconfig "$root/etc/rancher/k3s/k3s.yaml" "$@"; }

found=$(kubectl get storageclass local-path --ignore-not-found --output name)
[ -z "$found" ] ||
  kubectl annotate "$found" --overwrite storageclass.kubernetes.io/is-default-class=false >&2
