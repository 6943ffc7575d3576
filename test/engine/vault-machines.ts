import type { PersistentVolume } from 'kubernetes-types/core/v1';
import { DB, k3sStub } from '../support/k3s-stub.js';

export const SERVERS = ['main-server-1', 'main-server-2', 'main-server-3'];
export const MACHINES = [...SERVERS, 'main-builds'];
/** What plays etcd's content. */
export const STORE = `${DB}/etcd/objects`;

/** Volumes on machines' own disks: name of the machine, and their folder. */
export const VOLUMES = [
  ['main-server-1', '/var/lib/rancher/k3s/storage/pvc-1'],
  ['main-builds', '/var/lib/rancher/k3s/storage/pvc-2'],
] as const;

const volume = ([hostname, path]: (typeof VOLUMES)[number]): PersistentVolume => ({
  spec: {
    hostPath: { path, type: 'DirectoryOrCreate' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }] },
        ],
      },
    },
  },
});

export const K3S = k3sStub(`case "$*" in
exec*)
  # As after a start, until the kubelet has taken the pods up.
  if rm "$KEELSON_ROOT/starting" 2>/dev/null; then echo 'error: unable to upgrade connection: pod does not exist' >&2; exit 1; fi
  export KEELSON_POD=$4; while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
'get secrets '*) echo '{"items":[{"type":"kubernetes.io/tls","data":{"tls.key":"c2VjcmV0"},"metadata":{"name":"www","namespace":"staging","uid":"1","resourceVersion":"7"}}]}' ;;
'get persistentvolumes '*) echo '${JSON.stringify({ items: VOLUMES.map(volume) })}' ;;
'get nodes '*) printf 'node/%s\\n' ${MACHINES.join(' ')} main-gone ;;
esac`);
