import { stripVTControlCharacters } from 'node:util';
import { createColors } from 'picocolors';
import { changeLines } from '../../stacks/change-lines.js';
import { createProgress, type ProgressOptions } from '../../stacks/progress.js';
import { duration, summaryLine } from '../../stacks/run-lines.js';
import type { Change } from '../../stacks/run-record.js';
import { diagnostic, events, step, urnOf } from './events.js';

const plainStyle = { colors: createColors(false), width: Number.POSITIVE_INFINITY };
const secret = urnOf('core/v1:Secret', 'shop/Secret/key');

interface Shown {
  readonly run: ReturnType<typeof events>;
  readonly options?: Partial<ProgressOptions>;
  readonly terminal?: { readonly isTTY: true; readonly columns: number };
  readonly outcome?: 'succeeded' | 'failed';
}

/** Everything that a run writes; the clock moves one second with each event. */
function written({ run, options, terminal, outcome = 'succeeded' }: Shown): string {
  let text = '';
  let now = 0;
  const stream = { write: (chunk: string) => (text += chunk), ...terminal };
  const progress = createProgress({ verb: 'up', stream, clock: () => now, color: false, ...options });
  for (const event of run) {
    now += 1000;
    progress.onEvent(event);
  }
  progress.finish(outcome);
  return text;
}

describe('progress in a pipe', () => {
  it('writes a line for each object that came to its end, and a summary', () => {
    const lines = written({ run: events('up') }).split('\n');
    expect(lines.slice(0, -2).sort()).toEqual(
      [
        '~ updated  ConfigMap local/sessions',
        '    data.extra',
        '! REPLACED StatefulSet local/sessions',
        '    spec.serviceName: cannot be changed in place',
        '~ updated  Deployment local/web',
        '    spec.replicas',
        '    spec.template.spec.containers[0].image',
        '- deleted  PodDisruptionBudget local/web',
      ].sort(),
    );
    expect(lines.at(-2)).toMatch(/^~ 2 updated {2}! 1 REPLACED {2}- 1 deleted {2}= 9 unchanged in \d+ s$/);
  });

  it('ends a preview with what goes away, in capitals that need no colour', () => {
    expect(written({ run: events('preview'), options: { verb: 'preview' } })).toBe(
      [
        '~ update   ConfigMap local/sessions',
        '    data.extra',
        '~ update   Deployment local/web',
        '    spec.replicas',
        '    spec.template.spec.containers[0].image',
        '! REPLACE  StatefulSet local/sessions',
        '    spec.serviceName: cannot be changed in place',
        '- DELETE   PodDisruptionBudget local/web',
        '~ 2 to update  ! 1 to REPLACE  - 1 to DELETE  = 9 unchanged',
        '',
      ].join('\n'),
    );
  });

  it('says what a failed run had done, and which objects failed', () => {
    const text = written({ run: events('failed'), outcome: 'failed' });
    expect(text).toContain('x FAILED   ServiceAccount local/web\n');
    expect(text).toMatch(
      /Stopped after \d+ s: x 2 FAILED {2}\+ 1 created {2}~ 1 updated {2}= 4 unchanged\n$/,
    );
  });

  it('writes nothing of a run that failed before it began', () => {
    expect(written({ run: [], outcome: 'failed' })).toBe('');
  });

  it('shows warnings whole, and colours only where asked', () => {
    const run = [diagnostic('warning', 'first line\nsecond line', secret)];
    expect(written({ run })).toContain('warning Secret shop/key: first line\nsecond line\n');
    expect(written({ run, options: { color: true } })).toContain('\u001b[33mwarning');
  });
});

describe('progress in a terminal', () => {
  const terminal = { isTTY: true, columns: 40 } as const;

  it.each([40, 41, 60, 200])('never draws a line that %d columns would break', (columns) => {
    const text = written({
      run: events('up'),
      terminal: { isTTY: true, columns },
      options: { live: true, total: 13 },
    });
    const drawn = text
      .split('\n')
      .filter((line) => / done, |^ {2}\w+ing /.test(stripVTControlCharacters(line)));
    expect(drawn.length).toBeGreaterThan(0);
    expect(Math.max(...drawn.map((line) => stripVTControlCharacters(line).length))).toBeLessThan(columns);
  });

  it('erases exactly what it drew', () => {
    const text = written({ run: events('up'), terminal, options: { live: true } });
    const blocks = text.split('\u001b[0J');
    blocks.slice(0, -1).forEach((block) => {
      const [, up] = block.match(/\[(\d+)A$/) ?? [];
      const finals = block.split('\n').filter((line) => /^[+~!=x-] |^ {4}/.test(line)).length;
      expect(Number(up)).toBe(block.split('\n').length - 1 - finals);
    });
    expect(blocks.at(-1)).toMatch(/unchanged in \d+ s\n$/);
  });

  it('keeps finished lines, a name below its kind where both do not fit', () => {
    const text = written({
      run: events('up'),
      terminal: { isTTY: true, columns: 37 },
      options: { live: true },
    });
    expect(text).toContain('! REPLACED StatefulSet local/sessions\n');
    expect(text).toContain('- deleted  PodDisruptionBudget\n    local/web\n');
  });

  it('writes notes above what is drawn', () => {
    let text = '';
    const stream = { write: (chunk: string) => (text += chunk), isTTY: true, columns: 80 };
    const progress = createProgress({ verb: 'up', stream, live: true, color: false, clock: () => 0 });
    progress.note('one');
    progress.note('two');
    progress.finish('failed');
    expect(text).toBe(
      'one\n0 done, under 1 s\n\r\u001b[1A\u001b[0Jtwo\n0 done, under 1 s\n\r\u001b[1A\u001b[0J',
    );
  });
});

test('a value is never shown, whatever an event carries', () => {
  const value = 'hunter2';
  const state = {
    type: '',
    urn: secret,
    id: '',
    parent: '',
    provider: '',
    inputs: { stringData: value },
    outputs: { data: value },
  };
  const run = (['create', 'update', 'create-replacement', 'delete', 'same'] as const).flatMap((op) => {
    const more = { old: state, new: state, diffs: ['stringData'], detailedDiff: {} };
    return [
      step('resourcePreEvent', op, `${secret}-${op}`, more),
      step('resOutputsEvent', op, `${secret}-${op}`, more),
    ];
  });
  for (const verb of ['preview', 'up', 'destroy'] as const)
    for (const live of [true, false]) {
      const text = written({ run, options: { verb, live } });
      expect(text).not.toContain(value);
      expect(text).toContain('shop/key-create-replacement');
    }
});

describe('summaryLine', () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  it.each([
    ['up', { create: 41, update: 1, same: 12 }, '+ 41 created  ~ 1 updated  = 12 unchanged in 9 s'],
    ['up', { same: 53 }, 'Nothing to change: 53 objects are as described.'],
    ['preview', { same: 1 }, 'Nothing to change: 1 object is as described.'],
    ['preview', { replace: 1 }, '! 1 to REPLACE'],
    ['destroy', { delete: 2 }, '- 2 deleted in 9 s'],
    ['destroy', {}, 'Nothing to delete: the stack has no objects.'],
  ] as const)('%s %j', (verb, counts, line) => {
    expect(summaryLine({ verb, counts: { ...none, ...counts }, seconds: 9 }, plainStyle)).toBe(line);
  });
});

test('duration', () => {
  expect([0.2, 1, 59.4, 61, 3600].map(duration)).toEqual([
    'under 1 s',
    '1 s',
    '59 s',
    '1 min 1 s',
    '60 min 0 s',
  ]);
});

test('lines name at most a handful of paths, but all that force a replacement', () => {
  const paths = Array.from({ length: 9 }, (_, i) => `spec.p${i}`);
  const change: Change = {
    operation: 'replace',
    urn: '',
    kind: 'Job',
    name: 'shop/migrate',
    path: ['shop'],
    paths,
    forcing: ['spec.p8'],
    state: 'done',
    since: 0,
  };
  const lines = changeLines(change, 'preview', plainStyle);
  expect(lines.slice(0, 2)).toEqual([
    '! REPLACE  Job shop/migrate',
    '    spec.p8: cannot be changed in place',
  ]);
  expect(lines.at(-1)).toBe('    and 3 more');
});
