import { createRequire, Module } from 'node:module';

/**
 * TypeScript and npm's Arborist: `@pulumi/pulumi` loads both at once to serialize functions, as its dynamic providers
 * do and no verb does. They are more than half of the time that it takes to load.
 */
const FOR_SERIALIZED_FUNCTIONS = ['./typescript-shim.js', '@npmcli/arborist'];

/** Has the SDK load what no verb needs at its first use, if there is one. Comes before the SDK is loaded. */
export function deferModules(): void {
  for (const name of FOR_SERIALIZED_FUNCTIONS) {
    try {
      const sdk = createRequire(require.resolve('@pulumi/pulumi/package.json'));
      defer(sdk, sdk.resolve(name));
    } catch {
      // There is no SDK, which the verbs that need it say; or one that is made of other parts.
    }
  }
}

function defer(from: NodeJS.Require, path: string): void {
  if (from.cache[path]) return;
  const module = new Module(path);
  const load = (): Record<PropertyKey, unknown> => {
    if (from.cache[path] === module) delete from.cache[path];
    return from(path);
  };
  module.loaded = true;
  // The SDK copies the properties of what is no module of ES at once, and that would load it.
  module.exports = new Proxy({}, { get: (_, key) => key === '__esModule' || load()[key] });
  from.cache[path] = module;
}
