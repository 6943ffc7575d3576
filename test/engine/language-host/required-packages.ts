import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PackageDependency } from '@pulumi/pulumi/proto/plugin_pb';

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** The provider plugins that packages below the program's folder declare, so that the engine has them beforehand. */
export function requiredPackages(folder: string): PackageDependency[] {
  const found = new Map<string, PackageDependency>();
  const visited = new Set<string>();
  const visit = (path: string, inModules: boolean) => {
    const real = realpathSync(path);
    if (visited.has(real)) return;
    visited.add(real);
    for (const name of readdirSync(real)) {
      const entry = join(real, name);
      const stat = statSync(entry, { throwIfNoEntry: false });
      if (stat?.isDirectory()) visit(entry, inModules || basename(real) === 'node_modules');
      else if (inModules && name === 'package.json') {
        const dependency = declared(readFileSync(entry, 'utf8'));
        if (dependency) found.set(`${dependency.getName()} ${dependency.getVersion()}`, dependency);
      }
    }
  };
  visit(folder, false);
  return [...found.values()];
}

function declared(text: string): PackageDependency | undefined {
  let json: PackageJson;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const {
    resource,
    name = json.name?.replace(/^@pulumi\//, ''),
    version = json.version,
    server,
  } = json.pulumi ?? {};
  if (!resource || !name || !version) return undefined;
  return new PackageDependency()
    .setName(name)
    .setKind('resource')
    .setVersion(`v${version.replace(/^v/, '')}`)
    .setServer(server ?? '');
}
