import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
}

/**
 * A package.json in which every `*` has become the version that Keelson itself is made and tried with; Keelson's own is
 * this one's.
 */
export function withVersions(text: string, keelson: string): string {
  const own = JSON.parse(readFileSync(join(keelson, 'package.json'), 'utf8')) as Manifest;
  const known: Versions = { ...own.devDependencies, ...own.dependencies, keelson: own.version ?? '' };
  const manifest = JSON.parse(text) as Manifest;
  const resolved = (versions: Versions = {}) =>
    Object.fromEntries(
      Object.entries(versions).map(([name, version]) => {
        const found = version === '*' ? known[name] : version;
        if (!found) throw new Error(`the template asks for ${name}, whose version package.json does not say`);
        return [name, found];
      }),
    );
  const complete = {
    ...manifest,
    dependencies: resolved(manifest.dependencies),
    devDependencies: resolved(manifest.devDependencies),
  };
  return `${JSON.stringify(complete, null, 2)}\n`;
}
