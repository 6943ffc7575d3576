import * as v from 'valibot';
import { deployableSchema } from './access.js';
import { backupsSchema } from './backups-schema.js';
import { ISSUERS } from './issuer.js';
import { machinesSchema, managedSchema } from './machines-schema.js';
import { hostSchema, nameSchema } from './name.js';

const acmeServer = v.object({
  directory: v.pipe(
    v.string(),
    v.url((issue) => `${issue.received} is no URL`),
  ),
  /** PEM of the authority that signed the server's own certificate. @default the public ones */
  caBundle: v.optional(v.string()),
});

const gibibytes = v.pipe(v.number(), v.integer(), v.gtValue(0));

const registrySchema = v.object({
  /** Where people and CI push from outside. @default none: nodes and port forwards reach it */
  host: v.optional(hostSchema),
  /** Signs the certificate of `host`. @default letsencrypt-staging */
  issuer: v.optional(v.picklist(ISSUERS)),
  /** Name of the Secret, key `htpasswd`, with who may pull and push. @default none: whoever reaches it */
  users: v.optional(nameSchema),
  /** Fixed address inside the cluster's service range, which nodes are told. @default 10.43.0.50 */
  clusterIP: v.optional(v.string()),
  /** @default 10 */
  storageGiB: v.optional(gibibytes),
  /** @default the cluster's */
  storageClass: v.optional(nameSchema),
  /** Addresses by which nodes other than its own pull from it, such as `10.42.1.0/32`. @default none: one node */
  nodeCidrs: v.optional(v.array(v.string())),
});

const monitoringSchema = v.object({
  /** Name of the Secret, key `alertmanager.yml`, that says whom to tell. @default alerts are sent nowhere */
  notify: v.optional(nameSchema),
  /** @default 15 */
  retentionDays: v.optional(v.pipe(v.number(), v.integer(), v.gtValue(0))),
  /** @default 5 */
  storageGiB: v.optional(gibibytes),
  /** @default the cluster's */
  storageClass: v.optional(nameSchema),
});

/** What one cluster of an application is and carries besides its environments. */
export const clusterSchema = v.object({
  /**
   * `k3s`: configure the traefik that k3s brings. `none`: another ingress controller is installed already.
   * @default k3s
   */
  ingress: v.optional(v.picklist(['k3s', 'none']), 'k3s'),
  /** Install cert-manager; false where the cluster has it. @default true */
  certManager: v.optional(v.boolean(), true),
  /**
   * Domains at DigitalOcean whose hosts are proved by DNS, wildcards included. The API token goes to the cluster's
   * stack, as the secret `digitalocean-dns`, key `token`. @default none: proved by HTTP
   */
  dnsZones: v.optional(v.array(hostSchema), []),
  /** ACME directories in place of Let's Encrypt's, such as a test authority's. @default Let's Encrypt's */
  acmeServers: v.optional(
    v.partial(v.object({ 'letsencrypt-staging': acmeServer, 'letsencrypt-production': acmeServer })),
    {},
  ),
  /** A registry for the team's images. @default none */
  registry: v.optional(registrySchema),
  /** Prometheus and a few alerts. @default none */
  monitoring: v.optional(monitoringSchema),
  /**
   * Kinds that environments have besides Keelson's own and their deploy identities may change, as `resource` or
   * `resource.group`, such as `podmonitors.monitoring.coreos.com`. @default none
   */
  deployable: v.optional(deployableSchema),
  /** Addresses of load balancers in front of the machines. @default none: clients connect to the machines */
  trustedProxies: v.optional(v.array(v.string()), []),
  /** Machines at DigitalOcean that become the cluster. @default none: the cluster is there already */
  machines: v.optional(machinesSchema),
  /** DigitalOcean Kubernetes, instead of machines. @default none */
  managed: v.optional(managedSchema),
  /** Who can open what `keelson backup` writes. @default nobody: it refuses to write anything */
  backups: v.optional(backupsSchema),
});
