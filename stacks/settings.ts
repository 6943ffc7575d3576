import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import * as v from 'valibot';
import { nameSchema } from '../lib/config/name.js';
import { parse } from '../lib/config/parse.js';
import { KeelsonError, type Problem } from '../lib/config/problem.js';
import type { Exclusion } from './cluster-manifests.js';
import type { KubeconfigSource } from './kubeconfig.js';
import { projectFolder } from './project-folder.js';

/** What a stack is: read from its configuration, or given by a caller who knows it. */
export interface StackSettings {
  readonly kind: 'cluster' | 'environment';
  /** The cluster or the environment, as the application names it. */
  readonly name: string;
  readonly kubeconfig: KubeconfigSource;
  /** Refuse to delete what holds data. @default what the stack's configuration says, else true */
  readonly protectData?: boolean;
  /** @default none */
  readonly exclude?: readonly Exclusion[];
  /** Take back fields that somebody else changed in the cluster. @default false */
  readonly forceConflicts?: boolean;
}

const text = v.pipe(v.string(), v.nonEmpty('is empty'));

const schema = v.object({
  /** What the stack owns: a whole cluster, or one environment in it. */
  kind: v.picklist(['cluster', 'environment']),
  /** Which cluster of the application; for kind `cluster`. */
  cluster: v.optional(nameSchema),
  /** Which environment of the application; for kind `environment`. */
  environment: v.optional(nameSchema),
  /** Path of a kubeconfig file; needs `context`. */
  kubeconfig: v.optional(text),
  /** A context in that file. */
  context: v.optional(text),
  /** Instead of a file: the Pulumi stack of the cluster, `organization/project/stack`. */
  clusterStack: v.optional(text),
  /** Refuse to delete what holds data. @default true */
  protectData: v.optional(v.picklist(['true', 'false'])),
  /** Belongs to ClusterSecrets. */
  secrets: v.optional(v.unknown()),
});

const NAMESPACE = 'keelson:';

/**
 * Reads the running stack's configuration.
 *
 * @param folder in which a relative path of a kubeconfig begins. @default the project's
 * @throws KeelsonError with every problem at once: missing, contradicting and unknown keys.
 */
export function readSettings(folder = projectFolder()): StackSettings {
  const given = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(NAMESPACE))
      .map(([key, value]) => [key.slice(NAMESPACE.length), value]),
  );
  const settings = parseSettings(given, pulumi.getStack());
  const access = settings.kubeconfig;
  if (typeof access === 'string' || !('file' in access) || access.file.startsWith('~')) return settings;
  return { ...settings, kubeconfig: { ...access, file: resolve(folder, access.file) } };
}

/** Whether the running stack's configuration lets nothing that holds data be deleted; only `false` takes that off. */
export const protectsData = (): boolean => new pulumi.Config('keelson').get('protectData') !== 'false';

/** The same from a record of `kind`, `cluster`, `environment`, `kubeconfig`, `context`, `clusterStack`, `protectData`. */
export function parseSettings(given: Readonly<Record<string, string>>, stack: string): StackSettings {
  const subject = `The configuration of stack "${stack}" (keelson:…)`;
  const command = (key: string, value: string) =>
    `pulumi config set --stack ${stack} keelson:${key} ${value}`;
  const { kind, cluster, environment, kubeconfig, context, clusterStack, protectData } = parsed(
    given,
    subject,
    `is missing; set it with: ${command('kind', 'cluster')} (or: environment)`,
  );
  const problems: Problem[] = [];
  const name = kind === 'cluster' ? cluster : environment;
  if (name === undefined)
    problems.push({ where: kind, message: `is missing; set it with: ${command(kind, 'NAME')}` });
  if (kind === 'cluster' && environment !== undefined)
    problems.push({
      where: 'environment',
      message: 'belongs to a stack of kind "environment"; remove one of them',
    });
  if (kind === 'cluster' && clusterStack !== undefined)
    problems.push({ where: 'clusterStack', message: 'belongs to a stack of kind "environment"; remove it' });
  if (kubeconfig !== undefined && context === undefined)
    problems.push({
      where: 'context',
      message: `is missing beside kubeconfig, and the file's current context is never used; set it with: ${command('context', 'NAME')}`,
    });
  if (context !== undefined && kubeconfig === undefined)
    problems.push({
      where: 'kubeconfig',
      message: `is missing beside context; set it with: ${command('kubeconfig', 'PATH')}`,
    });
  if (kubeconfig !== undefined && clusterStack !== undefined)
    problems.push({
      where: 'clusterStack',
      message: 'and kubeconfig both say where the cluster is; remove one',
    });
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  return {
    kind,
    name: name ?? '',
    kubeconfig: source({ kubeconfig, context, clusterStack }),
    protectData: protectData !== 'false',
  };
}

/** Every new stack lacks its kind: it is told what to do instead of what is expected. */
function parsed(given: Readonly<Record<string, string>>, subject: string, kindMissing: string) {
  try {
    return parse(schema, given, subject);
  } catch (error) {
    if (!(error instanceof KeelsonError) || given.kind !== undefined) throw error;
    throw new KeelsonError(
      subject,
      error.problems.map((problem) =>
        problem.where === 'kind' ? { where: 'kind', message: kindMissing } : problem,
      ),
    );
  }
}

function source(given: { kubeconfig?: string; context?: string; clusterStack?: string }): KubeconfigSource {
  if (given.clusterStack !== undefined) return { clusterStack: given.clusterStack };
  return given.kubeconfig !== undefined && given.context !== undefined
    ? { file: given.kubeconfig, context: given.context }
    : 'not-there-yet';
}
