import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { withoutForeign, withoutPending, withPending } from '../../stacks/recovery.js';
import { isLeftBehind, lockHolders } from '../../stacks/stack-lock.js';
import { isCutOff, mendState } from '../../stacks/state-file.js';
import { urnOf } from './events.js';

describe('mendState', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keelson-state-'));
    folder = join(root, '.pulumi/stacks/shop');
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  };
  const mend = () => mendState(root, 'shop', 'dev');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('takes the state one step before, and keeps the broken one', () => {
    write({ 'dev.json': '{"cut', 'dev.json.bak': '{"n":1}', 'dev.json.attrs': '{}', 'other.json': '{"cut' });
    expect(mend()).toBe(true);
    expect([read('dev.json'), read('dev.json.broken'), read('other.json')]).toEqual([
      '{"n":1}',
      '{"cut',
      '{"cut',
    ]);
    expect(existsSync(join(folder, 'dev.json.attrs'))).toBe(false);
  });

  it('removes an empty checksum', () => {
    write({ 'dev.json': '{"n":2}', 'dev.json.bak': '{"n":1}', 'dev.json.attrs': '' });
    expect(mend()).toBe(true);
    expect(read('dev.json')).toBe('{"n":2}');
  });

  it('touches nothing that is whole, has no earlier state, or lies elsewhere', () => {
    write({ 'dev.json': '{}', 'dev.json.bak': '{', 'dev.json.attrs': '{}' });
    expect(mend()).toBe(false);
    write({ 'dev.json': '{' });
    expect(mend()).toBe(false);
    expect(mendState(undefined, 'shop', 'dev')).toBe(false);
  });

  it("recognizes the engine's words", () => {
    for (const words of [
      'EOF',
      'place 1: unexpected end of JSON input',
      `blob (key ".pulumi/stacks/shop/dev.json") (code=Unknown): invalid character '\\n' in string literal`,
    ])
      expect([words, isCutOff(`error: failed to load checkpoint: ${words}`)]).toEqual([words, true]);
    expect(isCutOff('error: no stack named')).toBe(false);
    expect(isCutOff('error: Patch "https://10.0.0.1:6443/api": unexpected EOF')).toBe(false);
  });
});

describe('stack locks', () => {
  const lock = (user: string, host: string, id: number, url = 'file:///state/.pulumi/locks/x.json') =>
    `error: the stack is currently locked by 1 lock(s).\n  ${url}: created by ${user}@${host} (pid ${id}) at 2026-11-21T07:14:19Z`;
  const me = userInfo().username;
  /** Above any process number that a system gives. */
  const DEAD = 2 ** 30;

  it('are read once each', () => {
    const text = lock('ada', 'desk', 7);
    expect(lockHolders(`${text}\n${text}`)).toEqual([
      { user: 'ada', host: 'desk', process: 7, since: '2026-11-21T07:14:19Z' },
    ]);
  });

  it.each([
    ['a dead process of mine on this machine', lock(me, hostname(), DEAD), true],
    ['a living process', lock(me, hostname(), process.pid), false],
    ["another user's process", lock('somebody-else', hostname(), DEAD), false],
    ['a process on another machine', lock(me, 'elsewhere', DEAD), false],
    ['a state that other machines share', lock(me, hostname(), DEAD, 's3://bucket/x.json'), false],
    ['no lock', 'error: something else', false],
  ])('held by %s', (_, text, leftBehind) => {
    expect(isLeftBehind(text)).toBe(leftBehind);
  });
});

describe('withPending', () => {
  const web = urnOf('apps/v1:Deployment', 'shop/Deployment/web');
  const role = urnOf('rbac.authorization.k8s.io/v1:ClusterRole', 'ClusterRole/all');
  const component = 'urn:pulumi:dev::shop::keelson:kubernetes:ClusterManifests::shop';
  const resource = (urn: string, metadata?: object) => ({
    urn,
    custom: true,
    ...(metadata && { inputs: { metadata: metadata as { name: string; namespace?: string } } }),
  });

  it('changes nothing where nothing was under way', () => {
    const before = { deployment: { resources: [resource(web)] } };
    expect(withPending(before)).toEqual({ checkpoint: before, unsure: [] });
    expect(withPending({ deployment: {} }).unsure).toEqual([]);
  });

  it('notes objects that were being created under the names that the provider gives them', () => {
    const before = {
      version: 3,
      deployment: {
        manifest: 'm',
        resources: [resource(component)],
        pending_operations: [
          { type: 'creating', resource: resource(web, { name: 'web', namespace: 'shop' }) },
          { type: 'creating', resource: resource(role, { name: 'all' }) },
          { type: 'creating', resource: resource(component) },
        ],
      },
    };
    const { checkpoint, unsure } = withPending(before);
    expect(unsure).toEqual([web, role]);
    expect(checkpoint).toMatchObject({
      version: 3,
      deployment: {
        manifest: 'm',
        resources: [
          { urn: component },
          { urn: web, id: 'shop/web', outputs: { metadata: { name: 'web' } } },
          { urn: role, id: 'all' },
        ],
        pending_operations: [],
      },
    });
  });

  it('looks up what was being changed, without noting it twice', () => {
    const before = {
      deployment: {
        resources: [resource(web)],
        pending_operations: [{ type: 'updating', resource: resource(web) }],
      },
    };
    const { checkpoint, unsure } = withPending(before);
    expect(unsure).toEqual([web]);
    expect(checkpoint.deployment.resources).toHaveLength(1);
  });

  it('looks up what it is told of, where the state has it', () => {
    const before = { deployment: { resources: [resource(web)] } };
    expect(withPending(before, [], [role, web, web])).toEqual({ checkpoint: before, unsure: [web] });
  });

  it('notes what was refused because it is there, once, not what the state has, nor what has no parent there', () => {
    const before = {
      deployment: {
        resources: [resource(component), resource(web)],
        pending_operations: [
          { type: 'creating', resource: { ...resource(role, { name: 'all' }), parent: component } },
        ],
      },
    };
    const orphan = { ...resource(urnOf('v1:Secret', 'shop/Secret/a'), { name: 'a' }), parent: 'nowhere' };
    const refused = [
      resource(role, { name: 'all' }),
      resource(web, { name: 'web', namespace: 'shop' }),
      orphan,
    ];
    const { checkpoint, unsure } = withPending(before, refused);
    expect(unsure).toEqual([role]);
    expect(checkpoint.deployment.resources).toMatchObject([
      { urn: component },
      { urn: web },
      // The state's own note is whole, that of the events is not.
      { urn: role, id: 'all', parent: component },
    ]);
  });
});

test('withoutPending takes back what could not be looked up, and leaves what somebody else noted since', () => {
  const [web, map] = [
    urnOf('apps/v1:Deployment', 'shop/Deployment/web'),
    urnOf('v1:ConfigMap', 'shop/ConfigMap/a'),
  ];
  const creating = {
    type: 'creating',
    resource: { urn: web, inputs: { metadata: { name: 'web', namespace: 'shop' } } },
  };
  const before = { deployment: { resources: [], pending_operations: [creating] } };
  const { checkpoint, unsure } = withPending(before);
  const now = {
    deployment: {
      ...checkpoint.deployment,
      resources: [...(checkpoint.deployment.resources ?? []), { urn: map }],
    },
  };
  expect(withoutPending(now, before, unsure)).toEqual({
    deployment: { resources: [{ urn: map }], pending_operations: [creating] },
  });
});

describe('withoutForeign', () => {
  const web = urnOf('apps/v1:Deployment', 'shop/Deployment/web');
  const found = (owner?: string) => ({
    deployment: {
      resources: [
        {
          urn: web,
          outputs: {
            metadata: { name: 'web', ...(owner && { annotations: { 'keelson.dev/stack': owner } }) },
          },
        },
      ],
    },
  });

  it.each([
    ['of this stack', 'shop/dev', []],
    ['of another stack', 'shop/production', [web]],
    ["of the same stack of somebody else's project", 'lunch/dev', [web]],
    ['of nobody', undefined, [web]],
  ])('judges an object %s by its annotation', (_, owner, foreign) => {
    const result = withoutForeign(found(owner), [web]);
    expect(result.foreign).toEqual(foreign);
    expect(result.checkpoint.deployment.resources).toHaveLength(1 - foreign.length);
  });

  it('asks only of what was taken back just now', () => {
    expect(withoutForeign(found(), []).foreign).toEqual([]);
  });
});
