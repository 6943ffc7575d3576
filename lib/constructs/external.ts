import { Construct } from 'constructs';
import { cidrProblem } from '../config/address.js';
import { hostProblem, nameProblem } from '../config/name.js';
import { type Endpoint, type NetworkPeer, serviceUrl } from '../kube/endpoint.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { portProblem } from '../kube/port.js';
import { declareSecret, isSecretRef, type SecretRef, secretRefProblem } from '../kube/secret-ref.js';
import { declareComponent } from '../kube/uses.js';

/** Something outside the cluster: an API on the internet, a managed database. */
export type ExternalProps = {
  /** The variables' prefix. @default the construct's id */
  readonly name?: string;
  /** @default 443 */
  readonly port?: number;
  /**
   * Addresses that the network policy opens, such as `10.118.0.0/20` for a database on the private network.
   * @default all of the internet, without private addresses
   */
  readonly cidrs?: readonly string[];
} & (
  | {
      /** Gives `<NAME>_HOST`, `_PORT` and `_URL`. */
      readonly host: string;
      /** How `_URL` begins. @default https */
      readonly scheme?: string;
    }
  | {
      /** Gives `<NAME>_URL`: for a URL that holds a password. */
      readonly url: SecretRef;
    }
);

const COMMON_KEYS = { name: true, port: true, cidrs: true } as const;
const HOST_KEYS: KeysOf<Extract<ExternalProps, { host: string }>> = {
  ...COMMON_KEYS,
  host: true,
  scheme: true,
};
const URL_KEYS: KeysOf<Extract<ExternalProps, { url: SecretRef }>> = { ...COMMON_KEYS, url: true };

/**
 * Something outside the cluster that workloads use: they get its address as variables, and a way there.
 *
 * @example
 * const payments = new External(env, 'payments', { host: 'api.payments.example.com' });
 * const database = new External(env, 'database', {
 *   url: secretRef('database', 'url'), port: 25060, cidrs: ['10.118.0.0/20'],
 * });
 */
export class External extends Construct implements Endpoint {
  readonly name: string;
  readonly variables: Readonly<Record<string, string | SecretRef>>;
  readonly peer: NetworkPeer;
  readonly ports: readonly number[];

  constructor(scope: Construct, id: string, props: ExternalProps) {
    super(scope, id);
    allowKeys(this, props, 'url' in props ? URL_KEYS : HOST_KEYS);
    const { name = id, port = 443, cidrs } = props;
    this.name = name;
    this.ports = [port];
    this.peer = cidrs ? { kind: 'addresses', cidrs } : { kind: 'internet' };
    if ('url' in props) {
      this.variables = { URL: props.url };
      if (isSecretRef(props.url)) declareSecret(this, props.url);
    } else {
      const { host, scheme = 'https' } = props;
      this.variables = { HOST: host, PORT: `${port}`, URL: serviceUrl(scheme, host, port) };
    }
    declareComponent(this, { name, kind: 'external', endpoint: this });
    this.node.addValidation({ validate: () => problems(name, port, props) });
  }
}

function problems(name: string, port: number, props: ExternalProps): string[] {
  const own = 'url' in props ? secretRefProblem(props.url) : hostProblem(props.host);
  const scheme = 'scheme' in props ? props.scheme : undefined;
  return [
    ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
    ...(portProblem(port) ? [`port: ${portProblem(port)}`] : []),
    ...(own ? [`${'url' in props ? 'url' : 'host'}: ${own}`] : []),
    ...(scheme === undefined || /^[a-z][a-z\d+.-]*$/.test(scheme)
      ? []
      : [`scheme: ${JSON.stringify(scheme)} begins no URL; give one such as "https" or "postgres"`]),
    ...(props.cidrs?.length === 0
      ? ['cidrs: is empty; name the ranges to open, or leave it out for all of the internet']
      : []),
    ...(props.cidrs ?? []).flatMap((cidr) => (cidrProblem(cidr) ? [`cidrs: ${cidrProblem(cidr)}`] : [])),
  ];
}
