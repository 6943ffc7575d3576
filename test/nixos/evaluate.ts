import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { type Outcome, run } from './tools.js';

/** What test/run.nix says of a machine. */
export interface Evaluated {
  readonly k3s: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly file: Readonly<Record<string, unknown>>;
    readonly service: Readonly<Record<string, unknown>>;
    readonly package: string;
    readonly unit: Readonly<Record<string, unknown>>;
  };
  readonly firewall: {
    readonly allowedTCPPorts: readonly number[];
    readonly allowedUDPPorts: readonly number[];
    readonly extraCommands: string;
    readonly interfaces: Readonly<Record<string, unknown>>;
    readonly trustedInterfaces: readonly string[];
  };
  readonly fileSystems: Readonly<Record<string, unknown>>;
  readonly hostName: string;
  readonly domain: string | null;
  readonly usePredictableInterfaceNames: boolean;
  readonly stateVersion: string;
  readonly ssh: unknown;
  readonly keys: readonly string[];
  readonly zram: boolean;
  readonly logind: unknown;
  readonly etc: Readonly<Record<string, unknown>>;
  readonly tmpfiles: readonly string[];
  /** Units that an image has beside those of the machine; null where it is none. */
  readonly image: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  readonly guard: unknown;
  /** Of a server whose default class of claims is another than k3s'. */
  readonly defaultClass: unknown;
  /** Of each command the packages whose programs it finds. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly sysctl: Readonly<Record<string, number>>;
  readonly housekeeping: unknown;
  readonly failed: readonly string[];
}

export interface EvaluationOptions {
  /** Only whether each can be evaluated. */
  readonly succeeds?: boolean;
  readonly entry?: 'default' | 'host' | 'image';
  /** A folder with nixpkgs' lib, in place of our own evaluator. */
  readonly lib?: string;
  /** Another copy of nixos/. */
  readonly folder?: string;
}

/** Runs nixos/test/run.nix in one process, without a store. */
export function evaluateNix(
  nodes: unknown,
  { succeeds, entry, lib, folder = join(ROOT, 'nixos') }: EvaluationOptions = {},
): Outcome {
  return run(
    'nix-instantiate',
    [
      ...['--eval', '--strict', '--json', join(folder, 'test/run.nix')],
      ...['--argstr', 'nodes', JSON.stringify(nodes)],
      ...(succeeds ? ['--arg', 'succeeds', 'true'] : []),
      ...(entry ? ['--argstr', 'entry', entry] : []),
      ...(lib ? ['--arg', 'lib', `import ${lib}`] : []),
    ],
    { env: { NIX_REMOTE: 'dummy://' } },
  );
}

/** @throws Error with what Nix says. */
export function evaluated<T = Evaluated>(nodes: unknown, options?: EvaluationOptions): Record<string, T> {
  const { status, stdout, stderr } = evaluateNix(nodes, options);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, T>;
}
