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
    [
      'state-broken',
      'Previewing update (dev):\nerror: failed to load checkpoint: place 1: unexpected end of JSON input',
      'put dev.json.bak, the state before the last run, in the place of dev.json',
    ],
    [
      'state-broken',
      'error: getting snapshot: failed to load checkpoint: EOF',
      'Then keelson refresh brings it up',
    ],
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
    // As Pulumi's kubernetes plugin says of a server that dies while it is asked.
    ...[
      'was not successfully created by the Kubernetes API server: Patch "https://10.0.0.1:6443/api/v1/namespaces/a/configmaps/b?force=false": read tcp 10.0.0.2:55840->10.0.0.1:6443: read: connection reset by peer',
      'was not successfully updated by the Kubernetes API server: Patch "https://10.0.0.1:6443/api/v1/namespaces/a/configmaps/b": EOF',
      'Get "https://10.0.0.1:6443/api/v1/namespaces/a": http2: client connection lost',
      'Patch "https://10.0.0.1:6443/api": unexpected EOF',
    ].map((text) => ['cluster-unreachable', text, 'broke off a request']),
    [
      'cluster-refuses-credentials',
      'error: configured cluster: Unauthorized',
      "refuses the kubeconfig's credentials; renew them",
    ],
    [
      'cluster-refuses-credentials',
      'error: configured Kubernetes cluster is unreachable: unable to load schema information from the API server: the server has asked for the client to provide credentials',
      "refuses the kubeconfig's credentials; renew them",
    ],
    [
      'cluster-refuses-credentials',
      'error: Get "https://10.0.0.1:6443/api": tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      'renew them',
    ],
    ...[
      'error: configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https://10.0.0.1:6443/openapi/v2": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'error: Get "https://10.0.0.1:6443/api": x509: certificate is valid for 10.0.0.2, not 10.0.0.1',
      'error: the API server https://10.0.0.1:6443 does not answer (SELF_SIGNED_CERT_IN_CHAIN)',
      'error: the API server https://10.0.0.1:6443 does not answer (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ].map((text) => [
      'cluster-refuses-credentials',
      text,
      "check the kubeconfig's server and certificate-authority-data: at that address there may be another cluster",
    ]),
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

  it.each([
    ['error: getting secrets manager: incorrect passphrase', 'was encrypted with another passphrase'],
    ['error: failed to load checkpoint: place 1: unexpected end of JSON input', 'is cut off'],
  ])('says of a state that is thrown away how to start anew, not how to save it: %s', (text, message) => {
    const { problems } = explainFailure({
      stack: 'dev',
      text,
      diagnostics: [],
      cancelled: false,
      startAnew: 'keelson down, then keelson up',
    });
    expect(problems).toEqual([
      {
        where: 'state of dev',
        message: expect.stringMatching(`^${message}.*: keelson down, then keelson up$`),
      },
    ]);
  });

  it('takes what the engine cannot read for another reason for no state that is cut off', () => {
    expect(explain('error: failed to load checkpoint: unsupported checkpoint version 9').problems).toEqual([
      { where: 'stack dev', message: 'failed to load checkpoint: unsupported checkpoint version 9' },
    ]);
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

  const post = 'failed to call webhook: Post "https://webhook.cert-manager.svc:443/validate?timeout=30s"';
  it.each([
    [
      'a webhook that is not there',
      `failed calling webhook "webhook.cert-manager.io": ${post}: dial tcp 10.43.0.7:443: connect: connection refused`,
      'has to pass the webhook webhook.cert-manager.io, which does not answer',
    ],
    [
      'a webhook that is slow',
      `failed calling webhook "webhook.cert-manager.io": ${post}: dial tcp 10.43.0.7:443: i/o timeout`,
      'has to pass the webhook webhook.cert-manager.io, which does not answer',
    ],
    [
      'a webhook that nobody trusts',
      `failed calling webhook "webhook.cert-manager.io": ${post}: x509: certificate signed by unknown authority`,
      'has to pass the webhook webhook.cert-manager.io, which does not answer',
    ],
    [
      'a webhook that converts',
      `conversion webhook for cert-manager.io/v1, Kind=Certificate failed: Post "https://x.svc:443/convert": dial tcp 10.43.0.7:443: connect: connection refused`,
      'conversion webhook for cert-manager.io/v1',
    ],
    [
      'an image that cannot be pulled',
      'pod web-1, container web: ErrImagePull: failed to do request: Head "https://registry.example.com/v2/web": dial tcp: lookup registry.example.com: no such host',
      'ErrImagePull',
    ],
    [
      'a pod that does not listen',
      'event Unhealthy: Readiness probe failed: dial tcp 10.42.0.5:8080: connect: connection refused',
      'Readiness probe failed',
    ],
  ])('leaves to each object its own trouble with a connection: %s', (_, trouble, expected) => {
    const urns = ['web', 'api'].map((name) => urnOf('apps/v1:Deployment', `shop/Deployment/${name}`));
    const diagnostics = urns.map(
      (urn): Diagnostic => ({
        severity: 'error',
        object: `Deployment ${urn.split('/').pop()}`,
        urn,
        message: `cannot create it: ${trouble}`,
      }),
    );
    // The command repeats under each resource what the engine told of it.
    const text = diagnostics
      .map(({ urn, message }) => `  kubernetes:apps/v1:Deployment (${urn}):\n    error: ${message}`)
      .join('\n');
    const failure = explain(`Diagnostics:\n${text}`, diagnostics);
    expect(failure.fault).toBe('objects');
    expect(failure.problems.map(({ where }) => where)).toEqual(['Deployment web', 'Deployment api']);
    for (const { message } of failure.problems) expect(message).toContain(expected);
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
