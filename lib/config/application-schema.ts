import * as v from 'valibot';
import { accessProblems, accessSchema } from './access.js';
import { buildSchema } from './build.js';
import { clusterSchema } from './cluster-schema.js';
import { imagesSchema } from './images.js';
import { ISSUERS } from './issuer.js';
import { madeClusterProblems } from './machines-schema.js';
import { hostSchema, nameSchema } from './name.js';
import { parse } from './parse.js';
import { didYouMean, KeelsonError, listed, type Problem } from './problem.js';
import { reservedProblem } from './reserved-names.js';

const quotaSchema = v.object({
  /** Sum of CPU requests, in cores. @default 1.5 */
  cpu: v.optional(v.pipe(v.number(), v.gtValue(0)), 1.5),
  /** Sum of memory requests, in MiB. Limits may add up to twice of it. @default 2048 */
  memory: v.optional(v.pipe(v.number(), v.integer(), v.gtValue(0)), 2048),
  /** Sum of claimed volumes, in GiB. @default 20 */
  storage: v.optional(v.pipe(v.number(), v.integer(), v.gtValue(0)), 20),
  /** @default 50 */
  pods: v.optional(v.pipe(v.number(), v.integer(), v.gtValue(0)), 50),
});

const environmentEntries = {
  /** The cluster that carries the environment, a key of `clusters`. */
  cluster: nameSchema,
  /** Hosts of the environment end with it. @default `<environment>.<application's domain>` */
  domain: v.optional(hostSchema),
  /** @default letsencrypt-staging: its certificates are not trusted by browsers, its limits are generous. */
  issuer: v.optional(v.picklist(ISSUERS), 'letsencrypt-staging'),
  /**
   * Name of the Secret that lets nodes pull the team's images; its value goes to the stack, under the key
   * `.dockerconfigjson`. @default none: the nodes or the images need none
   */
  imagePullSecret: v.optional(nameSchema),
  /** What the environment's pods may request in sum. */
  quota: v.optional(quotaSchema, {}),
  /**
   * What people may do in it with a kubeconfig of their own: `read` (objects and logs, not Secrets), `debug` (also run
   * commands in pods and forward ports), `deploy` (also change it). @default nobody of `people` may do anything
   */
  access: v.optional(accessSchema),
  /** What the team's own constructs need to know, typed by the application. */
  settings: v.optional(v.unknown()),
};

const applicationSchema = v.object({
  /** Names the Pulumi project and the label `app.kubernetes.io/part-of`. */
  name: nameSchema,
  /** Environments' hosts end with it. */
  domain: hostSchema,
  /** Let's Encrypt writes to this address when a certificate is about to end. */
  contact: v.pipe(
    v.string(),
    v.email((issue) => `${issue.received} is no e-mail address`),
  ),
  /** Contents of images.lock.json. @default none */
  images: v.optional(imagesSchema, {}),
  /** How the team's own images are built, by the names that images.lock.json has for them. @default none */
  builds: v.optional(v.record(nameSchema, buildSchema), {}),
  clusters: v.record(nameSchema, clusterSchema),
  environments: v.record(nameSchema, v.object(environmentEntries)),
  /** What the environments of single people look like. @default there are none */
  personal: v.optional(v.object(environmentEntries)),
  /**
   * The team: whose personal environments the clusters carry, besides the one of the person at the keyboard, and whom
   * `access` may name. @default nobody
   */
  people: v.optional(v.array(nameSchema), []),
  /** Adds the services to one environment. */
  services: v.function(),
});

export type ApplicationInput = v.InferInput<typeof applicationSchema>;
/** An application that is checked and has its defaults. */
export type ApplicationSettings = v.InferOutput<typeof applicationSchema>;
export type EnvironmentSettings = ApplicationSettings['environments'][string];
export type ClusterSettings = ApplicationSettings['clusters'][string];
export type Quota = v.InferOutput<typeof quotaSchema>;

/** @throws KeelsonError with all problems at once. */
export function parseApplication(definition: unknown): ApplicationSettings {
  const subject = `Application ${JSON.stringify((definition as { name?: unknown } | null)?.name ?? '(unnamed)')}`;
  const settings = parse(applicationSchema, definition, subject);
  const problems = crossProblems(settings);
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  return settings;
}

function crossProblems(application: ApplicationSettings): Problem[] {
  const { clusters, environments, personal, people } = application;
  const settings = [
    ...Object.entries(environments).map(([name, one]) => ({
      where: `environments.${name}`,
      cluster: one.cluster,
    })),
    ...(personal ? [{ where: 'personal', cluster: personal.cluster }] : []),
  ];
  const names = [...Object.keys(environments), ...people];
  return [
    ...settings.flatMap(({ where, cluster }) =>
      Object.hasOwn(clusters, cluster)
        ? []
        : [
            {
              where: `${where}.cluster`,
              message: `there is no cluster "${cluster}"${didYouMean(cluster, Object.keys(clusters)) || ';'} allowed: ${listed(Object.keys(clusters))}`,
            },
          ],
    ),
    ...Object.entries(clusters).flatMap(([name, cluster]) =>
      madeClusterProblems(`clusters.${name}`, cluster),
    ),
    ...names
      .filter((name) => reservedProblem(name) !== undefined)
      .map((name) => ({
        where: people.includes(name) ? `people` : `environments.${name}`,
        message: `${reservedProblem(name)}; choose another name`,
      })),
    ...people
      .filter((name, index) => Object.hasOwn(environments, name) || people.indexOf(name) !== index)
      .map((name) => ({
        where: 'people',
        message: `"${name}" names an environment already; use another name`,
      })),
    ...accessProblems(application),
  ];
}
