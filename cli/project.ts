import { join } from 'node:path';
import { type Synthesis, synthesize } from '../lib/synth.js';
import { findApplication, loadApplication } from '../stacks/application.js';
import { currentUser } from './user.js';

/** The application of the folder that the command runs in. */
export interface Project {
  /** Folder of the package.json that names the application. */
  readonly root: string;
  readonly synthesis: Synthesis;
}

/** Loads and synthesizes. `environments` narrows it; undefined means all of them. */
export async function loadProject(environments?: readonly string[]): Promise<Project> {
  const { root } = findApplication(process.cwd());
  const application = await loadApplication(root);
  const user = currentUser();
  return {
    root,
    synthesis: synthesize(application, {
      ...(environments && { environments }),
      ...(user !== undefined && { user }),
    }),
  };
}

/** Folder for everything that a command leaves in a project besides manifests; it ignores itself in git. */
export const workFolder = (root: string): string => join(root, '.keelson');
