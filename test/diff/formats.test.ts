import fc from 'fast-check';
import {
  type DiffReport,
  diffJson,
  diffManifests,
  diffMarkdown,
  diffTerminal,
} from '../../lib/diff/index.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { claim, object, workload } from './objects.js';

const side = (name: string, commit?: string) => ({ name, problems: [], ...(commit && { commit }) });

const report = (
  before: readonly KubeObject[],
  after: readonly KubeObject[],
  more: Partial<DiffReport> = {},
): DiffReport => ({
  base: side('main', '0123456789abcdef0123456789abcdef01234567'),
  head: side('working tree'),
  stacks: diffManifests([{ name: 'staging', objects: before }], [{ name: 'staging', objects: after }]),
  uncompared: [],
  ...more,
});

const web = (version: string, replicas = 2) =>
  workload('Deployment', 'web', { spec: { replicas }, main: { image: `example.com/web:${version}` } });
const database = workload('StatefulSet', 'db', { spec: { volumeClaimTemplates: [claim('1Gi')] } });
const settings = (text: string) =>
  object('ConfigMap', 'settings', { data: { a: text, b: text, c: text, d: text } });

const sample = report([web('1.0'), database, settings('1')], [web('1.1', 3), settings('2')]);
const broken: Partial<DiffReport> = {
  base: {
    ...side('main'),
    problems: [{ stack: 'production', message: 'Application "shop" has 1 problem:\n  web: no image' }],
  },
  uncompared: [{ stack: 'production', objects: 7 }],
};

describe('terminal', () => {
  test('one line an object, the costly ones first, and what matters below', () => {
    expect(diffTerminal(sample)).toBe(`main (0123456) → working tree: 2 updated, 1 deleted
  data loss 1, downtime 1, image 1, cost 1
Code compared with code: what differs in the cluster itself is not in it (keelson preview shows
  that).

staging: 2 updated, 1 deleted; asks for -50m CPU, -64 MiB memory, -2048 MiB storage
  - StatefulSet db [data loss, downtime]
      ! data loss: it is deleted, and leaves 2 volumes behind that nothing uses
      ! downtime: its pods stop
  ~ Deployment web [image, cost]
      · image: example.com/web:1.0 → :1.1
      · cost: +50m CPU requested
      · cost: +64 MiB memory requested
      … 2 fields (--full)
  ~ ConfigMap settings
      ~ data.a: 1 → 2
      ~ data.b: 1 → 2
      ~ data.c: 1 → 2
      … 1 more field (--full)
`);
  });

  test('full: every field', () => {
    const text = diffTerminal(sample, { full: true });
    expect(text).toContain('~ data.d: 1 → 2');
    expect(text).toContain('~ spec.replicas: 2 → 3');
    expect(text).not.toContain('--full');
  });

  test.each([20, 40, 60])('%i columns are enough, but for words that are longer', (width) => {
    for (const line of diffTerminal(sample, { width, full: true }).split('\n'))
      if (line.length > width) expect(line.trim()).not.toContain(' ');
  });

  test('colour is asked for', () => {
    expect(diffTerminal(sample)).not.toContain('\x1b');
    const coloured = diffTerminal(sample, { colour: true });
    expect(coloured).toContain('\x1b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(diffTerminal(sample));
  });

  test('nothing changes, or cannot be compared', () => {
    expect(diffTerminal(report([web('1')], [web('1')]))).toContain(
      'main (0123456) → working tree: no changes',
    );
    const text = diffTerminal(report([], [], broken));
    expect(text).toMatch(/^main → working tree: no changes in what could be compared$/m);
    expect(diffTerminal({ ...report([], [], broken), stacks: [] })).toContain('nothing could be compared');
    expect(text).toContain('main does not synthesize production:');
    expect(text).toContain('    web: no image');
    expect(text).toContain('production is not compared; the other side has 7 objects');
  });
});

describe('Markdown', () => {
  test('totals first, then every stack folded', () => {
    const lines = diffMarkdown(sample).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '### `main (0123456)` → `working tree`: 2 updated, 1 deleted',
      '',
      '- `staging`: 2 updated, 1 deleted; **data loss 1**, **downtime 1**, **image 1**, **cost 1**; asks for -50m CPU, -64 MiB memory, -2048 MiB storage',
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        '- **deleted** `StatefulSet db`',
        '  - **data loss**: `it is deleted, and leaves 2 volumes behind that nothing uses`',
        '  - **image**: `example.com/web:1.0 → :1.1`',
        '  ! data.a: 1 → 2',
      ]),
    );
    expect(diffMarkdown(sample).match(/<details>/g)).toHaveLength(3);
    expect(diffMarkdown(sample).match(/<\/details>/g)).toHaveLength(3);
  });

  const many = (count: number) =>
    report(
      Array.from({ length: count }, (_, index) => workload('Deployment', `web-${index}`)),
      Array.from({ length: count }, (_, index) =>
        workload('Deployment', `web-${index}`, { spec: { replicas: 1 } }),
      ),
    );

  test.each([10, 200, 600, 3000])('%i changes fit into a comment, with their totals', (count) => {
    const text = diffMarkdown(many(count));
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toContain(`### \`main (0123456)\` → \`working tree\`: ${count} updated`);
    expect(text).toContain(`**downtime ${count}**`);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    if (count === 3000) expect(text).toMatch(/- … and \d+ more objects/);
  });

  test('costly changes are told before others', () => {
    const noise = Array.from({ length: 2000 }, (_, index) => object('ConfigMap', `noise-${index}`));
    const text = diffMarkdown(report([database], noise));
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toContain('it is deleted, and leaves 2 volumes behind');
    expect(text).toContain('- … and 2000 more objects');
  });

  test('what comes from the code is no markup', () => {
    const evil = '</details> @everyone <img src=x> ``` `` ` **bold** [x](http://example.com)';
    const text = diffMarkdown(report([settings('1')], [settings(evil), object('ConfigMap', evil)]));
    const outside = text.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(outside).not.toMatch(/@everyone|<img|\*\*bold|example\.com/);
    expect(text.match(/^\s*<\/details>$/gm)?.length).toBe(text.match(/<details>/g)?.length);
  });

  test('a stack that cannot be compared', () => {
    const text = diffMarkdown(report([], [], broken));
    expect(text).toContain('**`main` does not synthesize `production`:**');
    expect(text).toContain('- `production` is not compared; the other side has 7 objects');
  });

  test('no report is longer than it may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 70_000 }), fc.nat(300), (limit, count) =>
        expect(diffMarkdown(many(count), { limit }).length).toBeLessThanOrEqual(limit),
      ),
      { numRuns: 8 },
    );
  });
});

test('JSON says what its reference page says', () => {
  const json = JSON.parse(
    diffJson(
      report(
        [web('1.0'), workload('Job', 'a')],
        [web('1.1'), workload('Job', 'a', { main: { image: 'example.com/a:2' } })],
        broken,
      ),
    ),
  );
  expect(json).toMatchObject({
    version: 1,
    compares: 'code',
    base: { name: 'main', problems: [{ stack: 'production' }] },
    head: { name: 'working tree', problems: [] },
    summary: { actions: { update: 1, replace: 1 }, marks: { image: 2, downtime: 1 } },
    uncompared: [{ stack: 'production', objects: 7 }],
    stacks: [
      {
        name: 'staging',
        budget: { before: { cpuMillis: 100 }, after: { cpuMillis: 100 } },
        changes: [
          {
            action: 'update',
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            namespace: 'shop',
            name: 'web',
            marks: [{ kind: 'image', text: 'example.com/web:1.0 → :1.1' }],
            fields: [
              {
                path: 'spec.template.spec.containers[web].image',
                before: 'example.com/web:1.0',
                after: 'example.com/web:1.1',
              },
            ],
          },
          { action: 'replace', fields: [{ path: 'spec.template.spec.containers[a].image', replaces: true }] },
        ],
      },
    ],
  });
});
