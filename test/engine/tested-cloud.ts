import sdk from '@pulumi/digitalocean/package.json';
import { attachedPlugin, installedPlugin } from '../../embedded/installed-plugin.js';
import { serveDigitalOceanProvider } from '../digitalocean/provider/serve.js';
import { homeWithPluginsOf } from './plugin-home.js';

/** The provider for `digitalocean` that a test's engines are given. */
export interface TestedCloud {
  readonly description: string;
  /** For an engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a PULUMI_HOME in which an engine finds it, with nothing else of the user's. @returns the folder */
  home(folder: string): string;
  close(): Promise<void>;
}

/**
 * Pulumi's plugin where it is attached or installed, else the stand-in; and says which.
 *
 * @param spacesEndpoint what a provider takes that is told of keys alone: `http://127.0.0.1:1/{{.Region}}`
 */
export async function testedCloud(spacesEndpoint: string): Promise<TestedCloud> {
  const attached = attachedPlugin('digitalocean');
  const plugin = attached ?? installedPlugin('digitalocean', sdk.version);
  if (plugin === undefined) {
    const { port, close } = await serveDigitalOceanProvider({ environment: { spacesEndpoint } });
    return said({
      description: `the stand-in of the tests (Pulumi's plugin is not installed: pulumi plugin install resource digitalocean v${sdk.version})`,
      environment: { PULUMI_DEBUG_PROVIDERS: `digitalocean:${port}` },
      home: (folder) => folder,
      close,
    });
  }
  return said({
    description: plugin.description,
    environment: {
      SPACES_ENDPOINT_URL: spacesEndpoint,
      ...(attached && { PULUMI_DEBUG_PROVIDERS: process.env.PULUMI_DEBUG_PROVIDERS ?? '' }),
    },
    home: (folder) => homeWithPluginsOf(plugin.pulumiHome, folder),
    close: async () => {},
  });
}

function said(cloud: TestedCloud): TestedCloud {
  process.stderr.write(`digitalocean provider: ${cloud.description}\n`);
  return cloud;
}
