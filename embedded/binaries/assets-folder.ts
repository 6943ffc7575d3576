import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machineProblem } from '../machine-problem.js';
import type { BinarySource } from './binary-source.js';
import { KUBERNETES } from './go-modules.js';

/** The folder that KUBEBUILDER_ASSETS names, as set for controller tests: the user's own choice of binaries. */
export function assetsFolder(environment: NodeJS.ProcessEnv = process.env): BinarySource {
  const folder = environment.KUBEBUILDER_ASSETS;
  return {
    name: 'KUBEBUILDER_ASSETS',
    async take(_module, wanted, { report }) {
      if (!folder) return { refusal: 'it is not set. Point it at a folder that holds the binaries' };
      if (!existsSync(folder)) {
        throw machineProblem(
          `KUBEBUILDER_ASSETS is ${folder}, which does not exist. Name a folder of binaries, or unset it.`,
        );
      }
      const present = wanted.filter((name) => existsSync(join(folder, name)));
      const missing = wanted.filter((name) => !present.includes(name));
      if (present.includes('kube-apiserver')) await checkVersion(join(folder, 'kube-apiserver'));
      if (missing.length > 0)
        report(`KUBEBUILDER_ASSETS (${folder}) has no ${missing.join(', ')}: looking elsewhere`);
      if (present.length === 0) return { refusal: `${folder} has no ${missing.join(', ')}. Put them there` };
      return {
        paths: Object.fromEntries(present.map((name) => [name, join(folder, name)])),
        origin: `from KUBEBUILDER_ASSETS (${folder})`,
      };
    },
  };
}

/** The other programs of ours talk to this API server: Kubernetes lets them be as old as it, or one minor older. */
async function checkVersion(server: string): Promise<void> {
  const { stdout } = await promisify(execFile)(server, ['--version']);
  const minor = Number(/v1\.(\d+)\./.exec(stdout)?.[1]);
  const ours = Number(KUBERNETES.version.split('.')[1]);
  if (minor === ours || minor === ours + 1) return;
  throw machineProblem(
    `KUBEBUILDER_ASSETS holds ${stdout.trim()} (${server}); v1.${ours} or v1.${ours + 1} is needed. ` +
      'Fetch one of these with setup-envtest, or unset KUBEBUILDER_ASSETS.',
  );
}
