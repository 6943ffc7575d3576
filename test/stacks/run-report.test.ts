import { DeployError } from '../../stacks/deploy-error.js';
import { RunReporter } from '../../stacks/run-report.js';
import { diagnostic, step, urnOf } from './events.js';

const stack = {
  kind: 'environment',
  name: 'dev',
  cluster: 'main',
  manifests: [],
  secrets: [],
  urls: [],
} as const;
const map = (name: string) => urnOf('core/v1:ConfigMap', `shop/ConfigMap/${name}`);

describe('RunReporter', () => {
  it('tells a failed run as far as it went, with what to do', () => {
    const reporter = new RunReporter('up');
    const dev = reporter.stack(stack);
    dev.onEvent(step('resOutputsEvent', 'create', map('a')));
    dev.onEvent(step('resOutputsEvent', 'same', map('b')));
    dev.onEvent(step('resOpFailedEvent', 'update', map('c'), { diffs: ['data.x'] }));
    dev.onEvent(diagnostic('warning', 'deprecated', map('a')));
    dev.finish('failed');
    const problems = [{ where: 'ConfigMap shop/c', message: 'is refused' }];
    expect(reporter.report(new DeployError('up of stack "dev"', 'objects', problems, 'a wall'))).toEqual({
      verb: 'up',
      outcome: 'failed',
      stacks: [
        {
          stack: 'dev',
          kind: 'environment',
          outcome: 'failed',
          counts: { create: 1, update: 0, replace: 0, delete: 0, same: 1 },
          changes: [
            expect.objectContaining({ operation: 'create', name: 'shop/a', state: 'done' }),
            expect.objectContaining({
              operation: 'update',
              name: 'shop/c',
              state: 'failed',
              paths: ['data.x'],
            }),
          ],
          warnings: [{ object: 'ConfigMap shop/a', message: 'deprecated' }],
        },
      ],
      failure: { subject: 'up of stack "dev"', fault: 'objects', problems },
    });
  });

  it('counts only what was chosen', () => {
    const reporter = new RunReporter('up');
    const dev = reporter.stack(stack, ['shop/ConfigMap/a']);
    for (const name of ['a', 'b']) dev.onEvent(step('resOutputsEvent', 'same', map(name)));
    dev.finish('succeeded');
    expect(reporter.report()).toMatchObject({ outcome: 'succeeded', stacks: [{ counts: { same: 1 } }] });
    expect(reporter.report()).not.toHaveProperty('failure');
  });

  it('has a word for a fault of its own', () => {
    expect(new RunReporter('up').report(new TypeError('x is undefined')).failure).toMatchObject({
      fault: 'engine',
      problems: [{ message: 'x is undefined' }],
    });
  });
});
