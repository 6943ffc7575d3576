import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '../lib/application.js';
import { environmentsOf, type Selection } from '../lib/config/selection.js';
import { type Synthesis, synthesize } from '../lib/synth.js';
import { findApplication, loadApplication } from '../stacks/application.js';
import { currentUser } from './user.js';

/** The application of the folder that the command runs in. */
export interface Project {
  /** Folder of the package.json that names the application. */
  readonly root: string;
  readonly application: Application;
  /** What of it was asked for. */
  readonly selection: Selection;
  readonly synthesis: Synthesis;
}

export interface ProjectOptions {
  /** @default the one of the folder, loaded here */
  readonly application?: Application;
  /** Names, the first one of the application, or all of them. */
  readonly environments: readonly string[] | 'first' | 'all';
  /** Whether the person at the keyboard has an environment. */
  readonly withUser: boolean;
  /** A part of them. @default everything */
  readonly part?: Pick<Selection, 'services' | 'deep' | 'setup'>;
}

/** Loads and synthesizes the application. */
export async function loadProject(options: ProjectOptions): Promise<Project> {
  const { environments, withUser, part } = options;
  const { root } = findApplication(process.cwd());
  const application = options.application ?? (await loadApplication(root));
  const user = withUser ? currentUser() : undefined;
  const names =
    environments === 'first'
      ? environmentsOf(application.definition)
          .slice(0, 1)
          .map(({ name }) => name)
      : environments;
  const selection: Selection = {
    ...(names !== 'all' && { environments: names }),
    ...(user !== undefined && { user }),
    ...part,
  };
  return { root, application, selection, synthesis: synthesize(application, selection) };
}

/** What was synthesized, and besides it what the machines of its clusters are made of. */
export async function withMachines({ application, synthesis }: Project): Promise<Synthesis> {
  const { definition } = application;
  const names = synthesis.stacks.map(({ cluster }) => cluster);
  if (!Object.values(definition.clusters).some(({ machines, managed }) => machines ?? managed))
    return synthesis;
  // Pulumi is loaded by those who have machines.
  const { clustersToMake, plannedMachines } = await import('../stacks/provision/index.js');
  const machines = await plannedMachines(clustersToMake(definition, names));
  return { ...synthesis, stacks: [...machines, ...synthesis.stacks] };
}

/** Folder for everything that a command leaves in a project besides manifests; it ignores itself in git. */
export const workFolder = (root: string): string => join(root, '.keelson');

/** Makes a folder that ignores itself in git. */
export function ignoringFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, '.gitignore');
  if (!existsSync(file)) writeFileSync(file, '*\n');
  return folder;
}
