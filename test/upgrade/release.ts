import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PulumiEngine } from '../../embedded/pulumi-engine.js';
import { synthesize } from '../../lib/index.js';
import type { Exclusion } from '../../stacks/cluster-manifests.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { ROOT } from '../support/repository.js';
import { vessel } from './application.js';

export const STACKS = ['main-cluster', 'staging'] as const;
/** The newest release of which there is a state. */
export const RELEASE = join(ROOT, 'test/upgrade/0.1.0');
/** Opens the recorded secrets, which were random and whose cluster is gone. */
const PASSPHRASE = 'upgrade';
/** Of the recorded cluster, without credentials. */
export const KUBECONFIG = 'kubeconfig.json';

/** What a plain cluster does not know; definitions are most of a cluster's state, and have no part of ours. */
const PLAIN: Exclusion = {
  reason: 'the recorded cluster has no definitions',
  matches: ({ apiVersion, kind }) =>
    kind === 'CustomResourceDefinition' ||
    kind.endsWith('WebhookConfiguration') ||
    (apiVersion.includes('.') && !/\.k8s\.io\//.test(apiVersion)),
};

interface Access {
  /** A kubeconfig file. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly providers: DeployOptions['providers'];
}

/** What a run of one of the stacks needs, with everything that it keeps in one folder. */
export function runOptions(
  stack: (typeof STACKS)[number],
  folder: string,
  engine: PulumiEngine,
  { kubeconfig, context, providers }: Access,
): DeployOptions {
  mkdirSync(join(folder, 'state'), { recursive: true });
  return {
    // Plain values, as the command line passes them on.
    synthesis: JSON.parse(JSON.stringify(synthesize(vessel))),
    stack,
    settings: {
      kind: stack === 'staging' ? 'environment' : 'cluster',
      name: stack.replace('-cluster', ''),
      kubeconfig: { file: kubeconfig, context },
      exclude: [PLAIN],
    },
    workDir: folder,
    createStack: true,
    backendUrl: pathToFileURL(join(folder, 'state')).href,
    pulumiHome: join(folder, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    engine: engine.command,
    providers,
    generateSecrets: true,
  };
}

/** Where the engine keeps a stack's state, below its folder. */
export const stateFile = (stack: (typeof STACKS)[number]): string =>
  `state/.pulumi/stacks/vessel/${stack}.json`;

/** Takes what a release keeps from one folder to another: state and settings of each stack. */
export function copyRelease(from: string, to: string): void {
  for (const stack of STACKS)
    for (const file of [stateFile(stack), `Pulumi.${stack}.yaml`]) {
      mkdirSync(dirname(join(to, file)), { recursive: true });
      cpSync(join(from, file), join(to, file));
    }
}
