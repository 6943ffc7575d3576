import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import type { BinarySource, Found } from './binary-source.js';
import { buildFromModule, findBuilt } from './go-build.js';
import type { GoModule } from './go-modules.js';

/** What an earlier run built from the Go modules of this package. */
export function builtBefore(): BinarySource {
  return {
    name: 'built before',
    async take(module) {
      const folder = await findBuilt(module).catch(() => undefined);
      return folder ? found(module, folder) : { refusal: '' };
    },
  };
}

/** Builds from the pinned Go module: minutes, once. */
export function goModule(): BinarySource {
  return {
    name: 'built from the Go module',
    async take(module, _wanted, options) {
      try {
        return found(module, await buildFromModule(module, options));
      } catch (error) {
        options.signal?.throwIfAborted();
        return { refusal: messageOf(error) };
      }
    },
  };
}

function found(module: GoModule, folder: string): Found {
  const paths = module.binaries.map(({ name }) => [name, join(folder, 'bin', name)] as const);
  return { paths: Object.fromEntries(paths), origin: 'built from their pinned Go modules' };
}
