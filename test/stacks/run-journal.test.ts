import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { journaled, leftOpen } from '../../stacks/run-journal.js';
import { stateFolder } from '../../stacks/state-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keelson-journal-'));
  mkdirSync(join(root, '.pulumi/stacks/shop'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const state = () => join(root, '.pulumi/stacks/shop/dev.json');
const password = 'b1ue-wh4le';
const options = () => ({
  workDir: root,
  backendUrl: pathToFileURL(root).href,
  stack: 'dev',
  synthesis: {
    application: 'shop',
    stacks: [
      {
        kind: 'environment' as const,
        name: 'dev',
        cluster: 'main',
        manifests: [
          {
            name: 'all',
            objects: [
              {
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'a', namespace: 'shop', labels: { l: password } },
                data: { password },
              },
              { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
            ],
          },
        ],
        secrets: [{ name: 'key', namespace: 'shop', keys: ['k'], generate: true }],
        urls: [],
      },
    ],
  },
});

/** Runs something as the engine, and says what it saw of its environment. */
async function run(
  engine: () => void,
  begun = true,
  wanted: Parameters<typeof journaled>[0] = options(),
  noted = true,
) {
  const environment: Record<string, string> = {};
  let seen: string | undefined;
  const ended = await journaled(
    wanted,
    { environment, begun: () => begun, ended: async () => noted },
    async () => {
      seen = environment.PULUMI_SKIP_CHECKPOINTS;
      engine();
    },
  ).then(
    () => 'succeeded',
    () => 'failed',
  );
  expect(environment).toEqual({});
  return { ended, seen };
}

describe('a run with one checkpoint', () => {
  it('is told to the engine, and leaves nothing where it succeeds', async () => {
    writeFileSync(state(), '{}');
    let during: ReturnType<typeof leftOpen>;
    const look = () => {
      during = leftOpen(options());
    };
    expect(await run(look)).toEqual({ ended: 'succeeded', seen: 'true' });
    expect(during?.objects).toEqual([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: 'shop' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    ]);
    expect(leftOpen(options())).toBeUndefined();
  });

  it('leaves its note where it was killed, and nothing of what objects hold', async () => {
    writeFileSync(state(), '{}');
    const killed = () => {
      throw new Error('killed');
    };
    expect((await run(killed)).ended).toBe('failed');
    const folder = join(root, '.pulumi/keelson/shop/dev');
    const [name = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain(password);
    const left = leftOpen(options());
    expect(left?.objects).toHaveLength(3);
    // A note that was cut off still says that a run was killed.
    writeFileSync(join(folder, name), '{"objects": [');
    expect(leftOpen(options())?.objects).toEqual([]);
    left?.close();
    expect(leftOpen(options())).toBeUndefined();
  });

  it('leaves nothing where it failed with the state written, or before it began', async () => {
    writeFileSync(state(), '{}');
    const failed = () => {
      rmSync(state());
      writeFileSync(state(), '{"n":1}');
      throw new Error('failed');
    };
    expect((await run(failed)).ended).toBe('failed');
    const refused = () => {
      throw new Error('wrong passphrase');
    };
    expect((await run(refused, false)).ended).toBe('failed');
    expect(leftOpen(options())).toBeUndefined();
  });

  it('leaves its note where the state is written and lacks something that could not be noted', async () => {
    writeFileSync(state(), '{}');
    const interrupted = () => {
      rmSync(state());
      writeFileSync(state(), '{"n":1}');
      throw new Error('interrupted');
    };
    expect((await run(interrupted, true, options(), false)).ended).toBe('failed');
    expect(leftOpen(options())?.objects).toHaveLength(3);
  });

  it('is none where the state is not found in a folder', async () => {
    expect((await run(() => {})).seen).toBeUndefined();
    const bucket = { ...options(), backendUrl: 's3://bucket' };
    expect((await run(() => {}, true, bucket)).seen).toBeUndefined();
    expect(leftOpen(bucket)).toBeUndefined();
    expect(existsSync(join(root, '.pulumi/keelson'))).toBe(false);
  });
});

test('the folder of a state is found where the engine looks for it', () => {
  const place = { workDir: root, env: {} };
  const home = join(root, 'home');
  mkdirSync(home);
  expect(stateFolder({ ...place, pulumiHome: home })).toBeUndefined();
  writeFileSync(join(home, 'credentials.json'), '{"current":"file://~"}');
  expect(stateFolder({ ...place, pulumiHome: home })).toBe(homedir());
  writeFileSync(join(root, 'Pulumi.yaml'), 'name: shop\nbackend:\n  url: file://./state\n');
  expect(stateFolder({ ...place, pulumiHome: home })).toBe(join(root, 'state'));
  const env = { PULUMI_BACKEND_URL: 'file:///var/the%20state?no_tmp_dir=true' };
  expect(stateFolder({ ...place, env })).toBe('/var/the state');
  expect(stateFolder({ ...place, env, backendUrl: 'https://api.pulumi.com' })).toBeUndefined();
  writeFileSync(join(root, 'Pulumi.yaml'), 'name: [');
  expect(stateFolder({ ...place, pulumiHome: join(root, 'none') })).toBeUndefined();
});
