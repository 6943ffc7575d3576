import { DeployError } from '../deploy-error.js';
import type { DeployOptions } from '../deploy-options.js';
import { runEngine } from '../engine-command.js';
import { explainFailure } from '../engine-failure.js';
import { openStack } from '../workspace.js';

/**
 * What a stack's last run told, its secrets in clear; nothing where it never ran. The stack is made where it may be.
 *
 * @throws DeployError where its state cannot be read.
 */
export const stackOutputs = (options: DeployOptions): Promise<Readonly<Record<string, unknown>>> =>
  asked(options, ['stack', 'output', '--json', '--show-secrets']);

interface State {
  readonly deployment?: {
    readonly resources?: readonly { readonly urn: string; readonly type: string }[];
    readonly pending_operations?: readonly {
      readonly type: string;
      readonly resource: { readonly urn: string };
    }[];
  };
}

/** The stack's whole state, its secrets encrypted. */
export const stackState = (options: DeployOptions): Promise<State> => asked(options, ['stack', 'export']);

async function asked<T>(options: DeployOptions, command: readonly string[]): Promise<T> {
  try {
    // It also writes the project where there is none.
    await openStack(options, async () => {});
    return JSON.parse(await runEngine(command, options)) as T;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const { fault, problems } = explainFailure({
      ...{ stack: options.stack, text },
      ...{ diagnostics: [], cancelled: options.signal?.aborted ?? false },
    });
    throw new DeployError(`Stack "${options.stack}"`, fault, problems, text);
  }
}
