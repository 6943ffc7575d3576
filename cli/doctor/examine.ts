import { KeelsonError } from '../../lib/config/problem.js';
import { findApplication } from '../../stacks/application.js';
import { checkEngines } from './engines.js';
import type { Finding } from './finding.js';
import { checkPrograms } from './programs.js';
import { checkProject } from './project.js';
import { checkClusters, checkRegistries, clustersNamed, type NamedCluster } from './reach.js';

export interface ExamineOptions {
  readonly folder: string;
  /** Ask registries what there is, and whether they are there. */
  readonly online: boolean;
  /** Instead of those that the stacks name. */
  readonly cluster?: NamedCluster;
}

/** Looks at everything at once; a folder without an application gets an answer too. */
export async function examine({ folder, online, cluster }: ExamineOptions): Promise<readonly Finding[]> {
  const found = rootOf(folder);
  const root = typeof found === 'string' ? found : undefined;
  const clusters = cluster ? [cluster] : root === undefined ? [] : clustersNamed(root);
  const groups = await Promise.all([
    checkPrograms(),
    checkEngines(),
    root === undefined ? [found as Finding] : checkProject(root, online),
    checkClusters(clusters),
    root === undefined || !online ? [] : checkRegistries(root),
  ]);
  return groups.flat();
}

function rootOf(folder: string): string | Finding {
  try {
    return findApplication(folder).root;
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    const [problem] = error.problems;
    return {
      what: 'application',
      state: 'missing',
      found: `${problem?.where}: ${problem?.message}`,
      mend: 'keelson new NAME',
    };
  }
}
