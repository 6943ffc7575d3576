import { Construct } from 'constructs';
import { nameProblem } from '../config/name.js';
import { didYouMean, listed } from '../config/problem.js';
import { namespaceOf } from '../kube/context.js';
import type { Endpoint, NetworkPeer } from '../kube/endpoint.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { portProblem } from '../kube/port.js';
import { declareSecret, isSecretRef, type SecretRef, secretRefProblem } from '../kube/secret-ref.js';
import { declareComponent } from '../kube/uses.js';
import { CLUSTER_KEYS, RedisCluster, type RedisClusterProps } from './redis-cluster.js';
import { RedisSingle, type RedisSingleProps, SINGLE_KEYS } from './redis-single.js';

/** Redis outside the cluster, such as Redis Cloud. */
export interface RedisExternalProps {
  /** The connection's URL, `rediss://user:password@host:port`: a secret, because it holds the password. */
  readonly url: SecretRef;
  /** The port in that URL: network policies open it towards the internet. @default 6379 */
  readonly port?: number;
}

/** One of the topologies; plain data, so that environments can differ in it. */
export type RedisProps =
  | ({ readonly topology?: 'single' } & RedisSingleProps)
  | ({ readonly topology: 'cluster' } & RedisClusterProps)
  | ({ readonly topology: 'external' } & RedisExternalProps);

const EXTERNAL_KEYS: KeysOf<RedisExternalProps> = { url: true, port: true };
const KEYS = { single: SINGLE_KEYS, cluster: CLUSTER_KEYS, external: EXTERNAL_KEYS };
const TOPOLOGIES = Object.keys(KEYS);

/**
 * Redis for the services that use it, in the cluster or outside: they find it in the same variables.
 *
 * `single` gives `<NAME>_HOST`, `_PORT`, `_URL` and, with a password, `_PASSWORD`; `cluster` gives `_NODES` as well,
 * `host:port` of several pods with commas between, for a client to start from; `external` gives `_URL`.
 *
 * @example
 * const cache = new Redis(env, 'cache');
 * const sessions = new Redis(env, 'sessions', { topology: 'cluster', shards: 3, replicasPerShard: 1 });
 * const cloud = new Redis(env, 'cache', { topology: 'external', url: secretRef('redis-cloud', 'url'), port: 16379 });
 */
export class Redis extends Construct implements Endpoint {
  readonly name: string;
  readonly variables: Readonly<Record<string, string | SecretRef>>;
  readonly peer: NetworkPeer;
  readonly ports: readonly number[];

  constructor(scope: Construct, id: string, props: RedisProps = {}) {
    super(scope, id);
    this.name = id;
    if (props.topology === 'external') {
      const { url, port = 6379 } = props;
      this.variables = { URL: url };
      this.peer = { kind: 'internet' };
      this.ports = [port];
      if (isSecretRef(url)) declareSecret(this, url);
      this.node.addValidation({
        validate: () => [
          ...(nameProblem(id) ? [`name: ${nameProblem(id)}`] : []),
          ...(secretRefProblem(url) ? [`url: ${secretRefProblem(url)}`] : []),
          ...(portProblem(port) ? [`port: ${portProblem(port)}`] : []),
        ],
      });
    } else {
      const { variables, port } =
        props.topology === 'cluster'
          ? new RedisCluster(this, 'cluster', { name: id, endpoint: this, ...props })
          : new RedisSingle(this, 'single', { name: id, endpoint: this, ...props });
      this.variables = variables;
      this.peer = { kind: 'pods', name: id, namespace: namespaceOf(this) };
      this.ports = [port];
    }
    const { topology = 'single' } = props;
    if (Object.hasOwn(KEYS, topology)) allowKeys(this, props, { topology: true, ...KEYS[topology] });
    else
      this.node.addValidation({
        validate: () => [
          `topology: there is no "${topology}"${didYouMean(topology, TOPOLOGIES) || ';'} allowed: ${listed(TOPOLOGIES)}`,
        ],
      });
    declareComponent(this, { name: this.name, kind: 'store', peer: this.peer, endpoint: this });
  }
}
