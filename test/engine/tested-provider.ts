import { findKubernetesPlugin } from '../../embedded/kubernetes-plugin.js';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import type { PulumiEngine } from '../../embedded/pulumi-engine.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { homeWithPluginsOf } from './plugin-home.js';

/** The provider for `kubernetes` that a test's engines are given. */
export interface TestedProvider {
  /** Whether it is Pulumi's own plugin. */
  readonly isReal: boolean;
  readonly description: string;
  /** For a run of Keelson. */
  readonly providers: DeployOptions['providers'];
  /** For an engine that a test starts itself. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a PULUMI_HOME in which an engine finds it, with nothing else of the user's. @returns the folder */
  home(folder: string): string;
  close(): Promise<void>;
}

/**
 * Chooses as `keelson up` does for the embedded cluster: Pulumi's plugin where it is installed or can be downloaded,
 * else the stand-in; and says which.
 *
 * @param server the URL of the cluster, the only one that the stand-in serves
 */
export async function testedProvider({ command }: PulumiEngine, server: string): Promise<TestedProvider> {
  const plugin = await findKubernetesPlugin({ engine: command, report: say });
  if ('missing' in plugin) return standIn(server, plugin.missing);
  say(plugin.description);
  return {
    isReal: true,
    description: plugin.description,
    providers: 'real',
    environment: {},
    home: (folder) => homeWithPluginsOf(plugin.pulumiHome, folder),
    close: async () => {},
  };
}

/** The stand-in, whatever is installed. @param why said to whoever reads the test's output */
export async function standIn(server: string, why: string): Promise<TestedProvider> {
  const { port, close } = await serveKubernetesProvider({ server });
  say(`Keelson's stand-in (${why})`);
  return {
    isReal: false,
    description: "Keelson's stand-in",
    providers: { debugPort: port },
    environment: { PULUMI_DEBUG_PROVIDERS: `kubernetes:${port}` },
    home: (folder) => folder,
    close,
  };
}

/** Whether a test is about the stand-in alone and has to be left out, which is said. */
export function onlyStandIn({ isReal }: TestedProvider, what: string): boolean {
  if (isReal) say(`left out: ${what} is the stand-in's alone`);
  return isReal;
}

const said = new Set<string>();

/** Each line once in a test's file. */
function say(line: string): void {
  if (said.has(line)) return;
  said.add(line);
  process.stderr.write(`kubernetes provider: ${line}\n`);
}
