/** Where k3s keeps its store on a server. */
export const DB = 'var/lib/rancher/k3s/server/db';

/** Where a new server token stands for a moment: `k3s token rotate` takes it as an argument only. */
export const ARGUMENT_OF_K3S = /^an argument of \S*(k3s|sh)$/;

/**
 * What a machine's `k3s` does in place of k3s: snapshots of a folder that is etcd's, each with the token of its time,
 * with which alone it opens. The number of etcd's process, where there is one, is in `etcd.pid`.
 *
 * @param kubectl script that gets the arguments of `k3s kubectl`
 */
export const k3sStub = (kubectl: string): string => `db="$KEELSON_ROOT/${DB}"
etcd() { [ ! -e "$db/etcd.pid" ] || kill "-$1" "$(cat "$db/etcd.pid")" || true; }
case "$1 $2" in
'etcd-snapshot save') mkdir -p "$db/snapshots"; cp "$KEELSON_ROOT/var/lib/keelson/secrets/token" "$db/token"
  # A store that stands still for a moment is as one that was killed then, from which etcd recovers.
  etcd STOP; tar -C "$db" -czf "$db/snapshots/$4-main-server-1-1" etcd token; etcd CONT ;;
'etcd-snapshot delete') rm "$db/snapshots/$3" ;;
'server --config')
  all=$*; snapshot=\${all##*--cluster-reset-restore-path=}
  tar -xzOf "$snapshot" token | cmp - "$5" && etcd KILL && mv "$db/etcd" "$db/etcd-old-$(date +%s%N)" &&
    tar -C "$db" -xzf "$snapshot" && touch "$db/reset-flag" ;;
'kubectl --kubeconfig') shift 3
${kubectl} ;;
esac
`;
