import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readRecord } from '../../embedded/control-plane/cluster-record.js';
import { startEmbeddedCluster } from '../../embedded/control-plane/control-plane.js';
import { issue, type KeyPair, newAuthority, newKeys } from '../../embedded/control-plane/pki.js';
import { endProcesses } from '../../embedded/control-plane/processes.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { destroyStack, refreshStack, upStack } from '../../stacks/deploy.js';
import { withClient } from '../support/client-key.js';
import { configMap, maps, StackBed } from './stack-bed.js';
import { testedProvider } from './tested-provider.js';

/* What an API server does to a run in the field, with the real engine, and what a person reads then. */
let stacks: StackBed;
let authority: KeyPair;
const servers: Server[] = [];

beforeAll(async () => {
  stacks = await StackBed.start('own');
  authority = await newAuthority('faults');
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await stacks?.stop();
});

/** An HTTPS server on loopback whose certificate `authority` has signed. @returns its URL */
async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const { key, certificate } = issue(authority, await newKeys(), {
    commonName: '127.0.0.1',
    hosts: ['127.0.0.1'],
  });
  const server = createServer({ key, cert: certificate }, answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const directory = () => join(stacks.bed.folder, 'cluster');

/** @returns what kills the server at once, and waits until it is gone */
async function serverKiller(): Promise<() => Promise<void>> {
  const { 'kube-apiserver': server } = (await readRecord(directory()))?.processes ?? {};
  if (server === undefined) throw new Error('no API server runs');
  return () => {
    process.kill(server.pid, 'SIGKILL');
    return endProcesses([server]);
  };
}

const many = (namespace: string) =>
  Array.from({ length: 100 }, (_, index) => configMap(namespace, `m${index}`, { x: '1' }));

test('a server that dies in the middle of an up and of a destroy: the same command goes on from there', async () => {
  const wanted = stacks.options('dies', many('dies'));
  let killed: Promise<void> | undefined;
  let killServer = await serverKiller();
  const killAt = (op: string) => ({
    ...wanted,
    onEvent: ({ resOutputsEvent: done }: { resOutputsEvent?: { metadata: { op: string; urn: string } } }) => {
      if (done?.metadata.op === op && done.metadata.urn.includes('ConfigMap')) killed ??= killServer();
    },
  });
  const start = () => startEmbeddedCluster({ directory: directory(), report: () => {} });
  // Pulumi's own plugin also tells of the request that was under way.
  const gone = (unanswered: string) =>
    new RegExp(`cluster: (${unanswered}${stacks.bed.provider.isReal ? '|broke off a request' : ''})`);
  await expect(upStack(killAt('create'))).rejects.toThrow(
    gone('does not answer; start it, or check keelson:kubeconfig'),
  );
  await killed;
  await start();
  await upStack(wanted);
  expect((await upStack(wanted)).changes).toEqual([]);
  killed = undefined;
  killServer = await serverKiller();
  await expect(destroyStack(killAt('delete'))).rejects.toThrow(gone('does not answer'));
  await killed;
  await start();
  await destroyStack(wanted);
  expect(await stacks.bed.find('/api/v1/namespaces/dies')).toBeUndefined();
});

test('credentials that are refused are told as such; with new ones a destroy goes on', async () => {
  const right = readFileSync(stacks.bed.cluster.kubeconfig, 'utf8');
  const file = join(stacks.bed.folder, 'expired.kubeconfig');
  const wrong = withClient(right, issue(authority, await newKeys(), { commonName: 'nobody' }));
  const wanted = stacks.options('expired', [configMap('expired', 'a', {})], { kubeconfig: file });
  writeFileSync(file, wrong);
  await expect(upStack(wanted)).rejects.toThrow("cluster: refuses the kubeconfig's credentials; renew them");
  writeFileSync(file, right);
  await upStack(wanted);
  writeFileSync(file, wrong);
  // The state has the refused ones now.
  await expect(upStack({ ...wanted, ...change(wanted) })).rejects.toThrow('refuses');
  writeFileSync(file, right);
  stacks.told.length = 0;
  await destroyStack(wanted);
  expect(stacks.told).toContainEqual(expect.stringContaining('took the access to dev from its settings'));
  expect(await stacks.bed.find('/api/v1/namespaces/expired')).toBeUndefined();
});

const change = ({ synthesis }: ReturnType<StackBed['options']>) => ({
  synthesis: {
    ...synthesis,
    stacks: synthesis.stacks.map((stack) => ({
      ...stack,
      manifests: [...stack.manifests, { name: 'more', objects: [configMap('expired', 'more', {})] }],
    })),
  },
});

test('a rule of the cluster that refuses is quoted, with whom to ask', async () => {
  const url = await serve((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const { request: review } = JSON.parse(body);
      const answer = { uid: review.uid, allowed: false, status: { message: 'the label "team" is missing' } };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }),
      );
    });
  });
  const webhook: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'rules' },
    webhooks: [
      {
        name: 'rules.example.com',
        clientConfig: { url, caBundle: Buffer.from(authority.certificate).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        objectSelector: { matchLabels: { ruled: 'yes' } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Fail',
      },
    ],
  };
  await upStack(stacks.options('rules', [webhook]));
  const ruled = configMap('rules', 'a', {});
  const labelled = { ...ruled, metadata: { ...ruled.metadata, labels: { ruled: 'yes' } } };
  // A webhook takes a moment until the API server asks it.
  let refusal = '';
  for (let attempt = 0; attempt < 10 && refusal === ''; attempt++) {
    await stacks.bed.client
      .request('POST', maps('rules'), {
        body: { ...labelled, metadata: { ...labelled.metadata, name: `try${attempt}` } },
        signal: new AbortController().signal,
      })
      .catch((error: Error) => {
        refusal = error.message;
      });
  }
  await expect(upStack(stacks.options('rules', [webhook, labelled]))).rejects.toThrow(
    'ConfigMap rules/a: is refused by a rule of the cluster: the label "team" is missing. Change the object to what the rule allows, or ask whoever runs the webhook rules.example.com',
  );
  await destroyStack(stacks.options('rules', [webhook]));
});

test('a quota that is reached is named, with what it has and what was asked for', async () => {
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'all', namespace: 'full' },
    spec: { hard: { 'count/secrets': '0' } },
  };
  await upStack(stacks.options('full', [quota]));
  const path = '/api/v1/namespaces/full/resourcequotas/all';
  while ((await stacks.bed.find(path))?.status === undefined) await new Promise((r) => setTimeout(r, 100));
  const secrets = [{ name: 'key', namespace: 'full', keys: ['k'], generate: true }];
  await expect(upStack(stacks.options('full', [quota], { secrets }))).rejects.toThrow(
    /Secret full\/key: does not fit the quota all: it asks for count\/secrets=1, of count\/secrets=0 are count\/secrets=0 taken/,
  );
});

test('a definition that was deleted under its objects: said, and mended by a refresh and an up', async () => {
  const definition: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.faults.test' },
    spec: {
      group: 'faults.test',
      scope: 'Namespaced',
      names: { kind: 'Gadget', plural: 'gadgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const gadget = (size: number): KubeObject => ({
    apiVersion: 'faults.test/v1',
    kind: 'Gadget',
    metadata: { name: 'one', namespace: 'kinds' },
    spec: { size },
  });
  await upStack(stacks.options('kinds', [definition, gadget(1)]));
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.faults.test';
  await stacks.bed.meddle('DELETE', path);
  while ((await stacks.bed.find(path)) !== undefined) await new Promise((r) => setTimeout(r, 100));
  const bigger = stacks.options('kinds', [definition, gadget(2)]);
  await expect(upStack(bigger)).rejects.toThrow(/Gadget kinds\/one: .*(does not know|is gone)/);
  expect((await refreshStack(bigger)).changes.map(({ operation, kind }) => [operation, kind]).sort()).toEqual(
    [
      ['delete', 'CustomResourceDefinition'],
      ['delete', 'Gadget'],
    ],
  );
  expect((await upStack(bigger)).counts).toMatchObject({ create: 2 });
});

test('a server with too much to do is asked again when it says, and named where it stays so', async () => {
  let busy = 1;
  const { server } = stacks.bed.cluster;
  const access = readFileSync(stacks.bed.cluster.kubeconfig, 'utf8');
  const decoded = (name: string) =>
    Buffer.from(new RegExp(`${name}"?: *"?([\\w+/=]+)`).exec(access)?.[1] ?? '', 'base64');
  const tls = { cert: decoded('client-certificate-data'), key: decoded('client-key-data') };
  const proxy = await serve((incoming, response) => {
    // Either creates: the plugin's versions differ in it.
    if (/POST|PATCH/.test(incoming.method ?? '') && busy-- > 0) {
      response.writeHead(429, { 'retry-after': '1' });
      response.end('{"kind":"Status","message":"too many requests, please try again later"}');
      return;
    }
    const { method, headers, url = '' } = incoming;
    const target = new URL(url, server);
    const onward = request(target, { method, headers, ...tls, rejectUnauthorized: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  const provider = await testedProvider(stacks.bed.engine, proxy);
  const file = join(stacks.bed.folder, 'proxy.kubeconfig');
  const ca = Buffer.from(authority.certificate).toString('base64');
  writeFileSync(
    file,
    access.replace(server, proxy).replace(/(certificate-authority-data"?: *"?)[\w+/=]+/, `$1${ca}`),
  );
  const through = stacks.options('busy', [configMap('busy', 'a', {})], {
    kubeconfig: file,
    providers: provider.providers,
  });
  try {
    expect((await upStack(through)).counts.create).toBe(2);
    busy = Number.POSITIVE_INFINITY;
    const more = stacks.options('busy', [configMap('busy', 'a', {}), configMap('busy', 'b', {})], {
      kubeconfig: file,
      providers: provider.providers,
    });
    await expect(upStack(more)).rejects.toThrow(
      'ConfigMap busy/b: was not taken: the API server has too much to do and said so until the end of the tries',
    );
    busy = 0;
    expect((await upStack(more)).counts).toMatchObject({ create: 1, same: 2 });
  } finally {
    await provider.close();
  }
});
