import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { holdingState } from '../../stacks/held-state.js';
import { silenceSdk } from '../../stacks/silent-sdk.js';
import { changeState } from '../../stacks/state-change.js';
import { type Checkpoint, exportState } from '../../stacks/state-export.js';
import { engineEnvironment, openStack } from '../../stacks/workspace.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { until } from '../support/until.js';

/* Two people who change one state at the same time, with the real engine and no cluster. */
let engine: PulumiEngine;
let folder: string;
beforeAll(async () => {
  silenceSdk();
  engine = await findPulumiEngine({ report: () => {} });
  folder = mkdtempSync(join(tmpdir(), 'keelson-state-change-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(project: string, more: Partial<DeployOptions> = {}): Promise<DeployOptions> {
  const workDir = join(folder, project);
  mkdirSync(join(workDir, 'state'), { recursive: true });
  const options: DeployOptions = {
    synthesis: { application: project, stacks: [] },
    stack: 'dev',
    workDir,
    createStack: true,
    backendUrl: pathToFileURL(join(workDir, 'state')).href,
    pulumiHome: join(workDir, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: 'test' },
    engine: engine.command,
    providers: 'real',
    ...more,
  };
  await openStack(options, async () => {});
  return options;
}

const added =
  (name: string) =>
  (state: Checkpoint): Checkpoint => {
    const { resources = [] } = state.deployment;
    const resource = { urn: `urn:pulumi:dev::shop::keelson:test:Note::${name}`, type: 'keelson:test:Note' };
    return { ...state, deployment: { ...state.deployment, resources: [...resources, resource] } };
  };

const names = ({ deployment: { resources = [] } }: Checkpoint) =>
  resources.map(({ urn }) => urn.split('::').at(-1)).sort();

/** What somebody else does meanwhile, with the engine alone. */
function importAtOnce(options: DeployOptions, state: Checkpoint): void {
  execFileSync(options.engine.command, ['stack', 'import', '--stack', 'dev', '--non-interactive'], {
    cwd: options.workDir,
    env: { ...process.env, ...engineEnvironment(options) },
    input: JSON.stringify(state),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Somebody else writes between the look at the state and its replacement. */
async function begunAgain(options: DeployOptions): Promise<void> {
  let asked = 0;
  const mine = await changeState(options, (state) => {
    asked += 1;
    if (asked === 1) importAtOnce(options, added('theirs')(state));
    return added('mine')(state);
  });
  expect([asked, names(mine), names(await exportState(options))]).toEqual([
    2,
    ['mine', 'theirs'],
    ['mine', 'theirs'],
  ]);
}

describe('state in a folder', () => {
  test('that somebody else wrote meanwhile is changed as it is now', async () =>
    begunAgain(await open('again')));

  test('that somebody else writes every time is given up, and left as they have it', async () => {
    const options = await open('faster');
    let time = 0;
    const changed = changeState(options, (state) => {
      time += 1;
      importAtOnce(options, added(`theirs${time}`)(state));
      return added('mine')(state);
    });
    await expect(changed).rejects.toThrow(/dev: was changed by somebody else 5 times.*repeat the command/);
    expect(names(await exportState(options))).toEqual([1, 2, 3, 4, 5].map((n) => `theirs${n}`));
  });

  test('of two who change it many times at once, nothing is lost', async () => {
    const options = await open('both');
    const change = async (person: string) => {
      for (let time = 1; time <= 4; time += 1) {
        const add = added(`${person}${time}`);
        await until('the other is ready', () =>
          holdingState(options, (held) => changeState(held, add)).then(
            () => true,
            (error) => {
              if (/currently locked by 1 lock/.test(error)) return false;
              throw error;
            },
          ),
        );
      }
    };
    await Promise.all(['a', 'b'].map(change));
    expect(names(await exportState(options))).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4']);
  });

  test('is locked for the engine while it is held, and as it was where that fails', async () => {
    const options = await open('held');
    const empty = await exportState(options);
    const failed = holdingState(options, async (held) => {
      await changeState(held, added('mine'));
      expect(names(await exportState(held))).toEqual(['mine']);
      expect(() => importAtOnce(options, empty)).toThrow(/currently locked by 1 lock/);
      expect(names(await exportState(options))).toEqual([]);
      throw new Error('the cluster does not answer');
    });
    await expect(failed).rejects.toThrow('the cluster does not answer');
    expect(names(await exportState(options))).toEqual([]);
    expect(filesBelow(join(folder, 'held/state/.pulumi/locks'))).toEqual([]);
    expect(filesBelow(join(folder, 'held/state/.pulumi/keelson'))).toEqual([]);
    importAtOnce(options, added('theirs')(empty));
    expect(names(await exportState(options))).toEqual(['theirs']);
  });

  test('cannot be held while an engine has it', async () => {
    const options = await open('busy');
    let held: Promise<unknown> | undefined;
    const stack = await openStack(options, async () => {
      held ??= holdingState(options, async () => 'held').catch(String);
      await held;
    });
    await stack.up();
    expect(await held).toMatch(/currently locked by 1 lock.*created by \S+@\S+ \(pid \d+\) at/s);
  });
});

describeWithS3()('state in a bucket', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start('state');
  });
  afterAll(() => server?.stop());

  test('that somebody else wrote meanwhile is changed as it is now', async () =>
    begunAgain(
      await open('bucket', {
        backendUrl: `s3://state?endpoint=${server.endpoint}&region=us-east-1&use_path_style=true`,
        env: { PULUMI_CONFIG_PASSPHRASE: 'test', ...server.key },
      }),
    ));
});

const filesBelow = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    : [];
