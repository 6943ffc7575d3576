/** Names that would collide with what a cluster has, or with the name of a cluster's stack. */
const RESERVED =
  /^(default|kube-.*|access|block-storage|cert-manager|registry|monitoring|.*-(cluster|machines))$/;

/** Why no environment may have the name, which its namespace and its stack have too; undefined where it may. */
export const reservedProblem = (name: string): string | undefined =>
  RESERVED.test(name) ? `"${name}" is reserved for Kubernetes or for a cluster's stack` : undefined;
