import { dirname, join } from 'node:path';
import type { ImagesLock } from '../../lib/config/images.js';
import { environmentsOf, type NamedEnvironment, selectEnvironments } from '../../lib/config/selection.js';
import { findApplication, loadApplication } from '../../stacks/application.js';
import { currentUser } from '../user.js';
import { readLock } from './lock-file.js';

/** What the verbs about images know of an application. */
export interface ImagesProject {
  /** Folder of the package.json that names the application. */
  readonly root: string;
  /** Folder of the application's module, where paths of builds start and images.lock.json lies. */
  readonly folder: string;
  readonly lockFile: string;
  readonly lock: ImagesLock;
  readonly definition: Awaited<ReturnType<typeof loadApplication>>['definition'];
}

export const LOCK_FILE = 'images.lock.json';

/** Reads the lock file first: the application, which has it too, would say less of what is wrong in it. */
export async function openProject(): Promise<ImagesProject> {
  const { root, file } = findApplication(process.cwd());
  const folder = dirname(file);
  const lockFile = join(folder, LOCK_FILE);
  const lock = readLock(lockFile);
  const { definition } = await loadApplication(root);
  return { root, folder, lockFile, lock, definition };
}

/** @throws KeelsonError for environments that the application does not have */
export const environmentsNamed = (
  { definition }: ImagesProject,
  environments?: readonly string[],
): NamedEnvironment[] => {
  const user = currentUser();
  const selection = { ...(environments && { environments }), ...(user !== undefined && { user }) };
  return environments ? selectEnvironments(definition, selection) : environmentsOf(definition, user);
};

export const environmentNamed = (project: ImagesProject, name: string): NamedEnvironment => {
  const [environment] = environmentsNamed(project, [name]);
  if (!environment) throw new Error(`the environment ${name} was selected and is not there`);
  return environment;
};
