import { KeelsonError } from '../lib/config/problem.js';

/** Where a module of an optional peer was not found: the error that says how to install it. */
export function missingPeer(error: unknown): KeelsonError | undefined {
  const { code, message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (code !== 'MODULE_NOT_FOUND') return undefined;
  const [, name = ''] = /^Cannot find (?:module|package) '((?:@[^/']+\/)?[^/']+)/.exec(message) ?? [];
  const { peerDependenciesMeta } = require('../../package.json') as { peerDependenciesMeta: object };
  if (!Object.hasOwn(peerDependenciesMeta, name)) return undefined;
  return new KeelsonError('The command', [
    {
      where: name,
      message: `is not installed, and what reaches a cluster needs it; synth, graph and diff do not. Run: npm install ${name}`,
    },
  ]);
}
