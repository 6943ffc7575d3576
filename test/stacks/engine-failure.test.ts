import { explainFailure } from '../../stacks/engine-failure.js';
import type { Diagnostic } from '../../stacks/run-record.js';
import { urnOf } from './events.js';

const explain = (text: string, diagnostics: readonly Diagnostic[] = [], cancelled = false) =>
  explainFailure({ stack: 'dev', text, diagnostics, cancelled });

describe('explainFailure', () => {
  it.each([
    [
      'passphrase-missing',
      'error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables',
      'is not set',
    ],
    [
      'passphrase-wrong',
      'error: getting secrets manager: incorrect passphrase',
      'is not the passphrase of stack "dev"',
    ],
    ['unknown-stack', "error: no stack named 'dev' found", 'does not exist; pulumi stack ls'],
    ['not-logged-in', 'error: PULUMI_ACCESS_TOKEN must be set', 'nobody is logged in'],
    ['state-unreachable', 'error: unable to open bucket s3://x: no credentials', 'cannot be reached'],
    [
      'state-unreachable',
      'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): dial tcp 10.0.0.1:443: connect: connection refused',
      'check backend.url',
    ],
    ['state-broken', 'error: failed to load checkpoint: EOF', 'dev.json.bak'],
    [
      'no-plugin',
      "error: no resource plugin 'pulumi-resource-kubernetes' found",
      'pulumi plugin install resource kubernetes',
    ],
    [
      'killed',
      'Command was killed with SIGKILL (Forced termination): pulumi up',
      'the same command goes on from here',
    ],
    ['cluster-unreachable', 'error: dial tcp 10.0.0.1:6443: connect: connection refused', 'does not answer'],
    [
      'cluster-refuses-credentials',
      'error: configured cluster: Unauthorized',
      "refuses the kubeconfig's credentials",
    ],
    [
      'protected',
      `error: resource "${urnOf('core/v1:PersistentVolumeClaim', 'shop/PersistentVolumeClaim/data')}" cannot be deleted\nbecause it is protected.`,
      "pulumi state unprotect --stack dev 'urn:pulumi:dev",
    ],
  ])('says how to mend %s', (fault, text, message) => {
    const failure = explain(text);
    expect(failure.fault).toBe(fault);
    expect(failure.problems[0]?.message).toContain(message);
  });

  it('names every protected object once', () => {
    const refused = (name: string) =>
      `error: unable to replace resource "${urnOf('core/v1:Namespace', name)}"\nas it is currently marked for protection.`;
    const { problems } = explain(
      [refused('Namespace/a'), refused('Namespace/b'), refused('Namespace/a')].join('\n'),
    );
    expect(problems.map(({ where }) => where)).toEqual(['Namespace a', 'Namespace b']);
  });

  it.each([
    [urnOf('apps/v1:Deployment', 'shop/Deployment/web'), 'keelson import shop/Deployment/web'],
    [urnOf('core/v1:Namespace', 'Namespace/shop'), 'keelson import Namespace/shop'],
  ])('says how to hand over what is there already', (urn, command) => {
    const { fault, problems } = explain('', [
      { severity: 'error', object: 'x', urn, message: 'cannot create it: "x" already exists' },
    ]);
    expect(fault).toBe('objects');
    expect(problems[0]?.message).toContain(`hand it to this stack: ${command}, which changes nothing`);
  });

  it('says who holds the lock since when, and how to break it', () => {
    const { fault, problems } = explain(
      'error: the stack is currently locked by 1 lock(s). Either wait …\n  file:///s/x.json: created by ada@desk (pid 7) at 2026-11-21T07:14:19Z',
    );
    expect(fault).toBe('locked');
    expect(problems[0]?.message).toContain('pulumi cancel --stack dev');
    expect(problems[0]?.message).toContain('ada@desk (process 7) since 2026-11-21T07:14:19Z');
  });

  it('repeats what the API server says of each object, whole', () => {
    const diagnostics: Diagnostic[] = [
      { severity: 'warning', message: 'deprecated' },
      {
        severity: 'error',
        object: 'Deployment shop/web',
        message: 'spec.replicas: Invalid value: -1\nmust be at least 0',
      },
      { severity: 'error', object: 'Service shop/web', message: 'quota reached' },
    ];
    expect(explain('a wall of text', diagnostics)).toEqual({
      fault: 'objects',
      problems: [
        { where: 'Deployment shop/web', message: 'spec.replicas: Invalid value: -1\nmust be at least 0' },
        { where: 'Service shop/web', message: 'quota reached' },
      ],
    });
  });

  it('calls an interrupted run what it is', () => {
    expect(explain('error: update canceled', [], true)).toEqual({
      fault: 'cancelled',
      problems: [{ where: 'stack dev', message: 'was interrupted; the same command goes on from here' }],
    });
  });

  it('gives one line of what it does not know', () => {
    expect(explain('Updating (dev):\n\nerror: something new\n  and a wall').problems).toEqual([
      { where: 'stack dev', message: 'something new' },
    ]);
    expect(explain('').problems[0]?.message).toBe('the engine ended without a word');
  });
});
