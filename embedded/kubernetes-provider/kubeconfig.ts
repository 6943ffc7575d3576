import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { isProperties, list, type Properties, text } from './property-values.js';

/** How to reach an API server and as whom. */
export interface ApiAccess {
  readonly server: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  readonly servername?: string;
  readonly verify: boolean;
  /** The context's namespace, empty where it names none. */
  readonly namespace: string;
}

/** Finds an entry of `clusters`, `users` or `contexts` by its name. */
function entry(config: Properties, section: string, name: string): Properties {
  const named = list(config, section);
  const found = named.find((item) => item.name === name)?.[section.slice(0, -1)];
  if (isProperties(found)) return found;
  const allowed = named.map((item) => text(item, 'name')).join(', ') || 'none';
  throw new Error(`kubeconfig: ${section} has no entry "${name}". It has: ${allowed}.`);
}

/**
 * Reads a kubeconfig, given as its content or as the path of its file.
 * @param context @default the file's current-context
 * @throws where it cannot be read, or logs in through a helper program (`exec`), which the embedded cluster never needs
 */
export function readKubeconfig(given: string, context?: string): ApiAccess {
  const isPath = !given.includes('\n') && existsSync(given);
  const content = isPath ? readFileSync(given, 'utf8') : given;
  const config: unknown = load(content);
  if (!isProperties(config)) {
    throw new Error(
      'kubeconfig: neither a file nor the content of a kubeconfig. Give one of the two to the provider.',
    );
  }
  const folder = isPath ? dirname(resolve(given)) : process.cwd();
  const chosen = entry(config, 'contexts', context || text(config, 'current-context'));
  const cluster = entry(config, 'clusters', text(chosen, 'cluster'));
  const user = entry(config, 'users', text(chosen, 'user'));
  if (user.exec !== undefined || user['auth-provider'] !== undefined) {
    throw new Error(
      `kubeconfig: user "${text(chosen, 'user')}" logs in through a helper program, which the stand-in for the ` +
        'kubernetes provider does not run. Use a client certificate or a token.',
    );
  }
  /** Content in base64 (`<key>-data`) goes before the file that `<key>` names. */
  const bytes = (section: Properties, key: string): Buffer | undefined => {
    const data = text(section, `${key}-data`);
    if (data) return Buffer.from(data, 'base64');
    const file = text(section, key);
    return file ? readFileSync(resolve(folder, file)) : undefined;
  };
  const token =
    text(user, 'token') ||
    bytes({ file: text(user, 'tokenFile') }, 'file')
      ?.toString()
      .trim();
  return {
    server: text(cluster, 'server'),
    ca: bytes(cluster, 'certificate-authority'),
    cert: bytes(user, 'client-certificate'),
    key: bytes(user, 'client-key'),
    token: token || undefined,
    servername: text(cluster, 'tls-server-name') || undefined,
    verify: cluster['insecure-skip-tls-verify'] !== true,
    namespace: text(chosen, 'namespace'),
  };
}
