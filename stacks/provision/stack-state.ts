import { DeployError } from '../deploy-error.js';
import type { DeployOptions } from '../deploy-options.js';
import { runEngine } from '../engine-command.js';
import { explainFailure } from '../engine-failure.js';
import { stateFile, stateVersion } from '../state-folder.js';
import { isProject } from '../workspace.js';

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly protect?: boolean;
  /** Secrets in clear. */
  readonly outputs: () => Readonly<Record<string, unknown>>;
}

/** What a stack's last run left. */
export interface StackState {
  /** Outputs, secrets in clear. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly resources: readonly StateResource[];
  /** What was under way when a run was killed. */
  readonly pending: readonly { readonly type: string; readonly urn: string }[];
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly protect?: boolean;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }[];
    readonly pending_operations?: readonly {
      readonly type: string;
      readonly resource: { readonly urn: string };
    }[];
  };
}

const NOTHING: StackState = { outputs: {}, resources: [], pending: [] };
const ROOT_TYPE = 'pulumi:pulumi:Stack';

/** What was read, by file: the engine takes most of a second to decrypt it, and a verb asks for it several times. */
const known = new Map<string, { readonly version: string | undefined; readonly state: StackState }>();

/** Reads a stack's state; one that never ran has nothing. @throws DeployError where it cannot be read */
export async function stackState(options: DeployOptions): Promise<StackState> {
  if (!isProject(options.workDir)) return NOTHING;
  const file = stateFile(options);
  if (file === undefined) return await exported(options);
  // Before it is read: what is written in between is read the next time.
  const version = stateVersion(file);
  const before = known.get(file);
  if (before !== undefined && version !== undefined && before.version === version) return before.state;
  const state = await exported(options);
  known.set(file, { version, state });
  return state;
}

async function exported(options: DeployOptions): Promise<StackState> {
  try {
    const text = await runEngine(['stack', 'export', '--show-secrets'], options);
    const { resources = [], pending_operations: pending = [] } =
      (JSON.parse(text) as Exported).deployment ?? {};
    const root = resources.find(({ type }) => type === ROOT_TYPE);
    return {
      outputs: clear(root?.outputs ?? {}) as StackState['outputs'],
      resources: resources
        .filter(({ type }) => type !== ROOT_TYPE)
        .map((one) => ({ ...one, outputs: () => clear(one.outputs ?? {}) as StackState['outputs'] })),
      pending: pending.map(({ type, resource }) => ({ type, urn: resource.urn })),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/no stack named/.test(text)) return NOTHING;
    const cancelled = options.signal?.aborted ?? false;
    const { fault, problems } = explainFailure({ stack: options.stack, text, diagnostics: [], cancelled });
    throw new DeployError(`Stack "${options.stack}"`, fault, problems, text);
  }
}

/** How an exported state marks a secret, and where its value stands: as JSON. */
const SECRET = '4dabf18193072939515e22adb298388d';

function clear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== 'object' || value === null) return value;
  const { plaintext } = value as { readonly plaintext?: unknown };
  if (Object.hasOwn(value, SECRET)) return clear(JSON.parse(String(plaintext)));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clear(inner)]));
}
