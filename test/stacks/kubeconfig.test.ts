import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { dump } from 'js-yaml';
import { type Kubeconfig, type KubeconfigSource, kubeconfig } from '../../stacks/kubeconfig.js';
import { clusterIdentity, readKubeconfig } from '../../stacks/kubeconfig-file.js';
import { type MockOptions, mockEngine } from './mock-engine.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'production',
  clusters: [
    { name: 'c1', cluster: { server: 'https://one:6443', 'certificate-authority-data': 'Q0Ex' } },
    { name: 'c2', cluster: { server: 'https://two:6443' } },
  ],
  users: [
    { name: 'ada', user: { token: 'token-of-ada' } },
    { name: 'bob', user: { token: 'token-of-bob' } },
    { name: 'exec', user: { exec: { apiVersion: 'v1', command: './login', args: ['x'] } } },
  ],
  contexts: [
    { name: 'staging', context: { cluster: 'c1', user: 'ada', namespace: 'shop' } },
    { name: 'production', context: { cluster: 'c2', user: 'bob' } },
    { name: 'plugin', context: { cluster: 'c2', user: 'exec' } },
    { name: 'broken', context: { cluster: 'c9', user: 'ada' } },
  ],
};

function write(contents: unknown = config): string {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, typeof contents === 'string' ? contents : dump(contents));
  return file;
}

describe('readKubeconfig', () => {
  it('keeps one context and drops the credentials of every other', () => {
    const { content } = readKubeconfig(write(), 'staging');
    expect(JSON.parse(content)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'staging',
      clusters: [config.clusters[0]],
      users: [config.users[0]],
      contexts: [config.contexts[0]],
    });
    expect(content).not.toContain('token-of-bob');
  });

  it('takes certificates in that the file names, so that it works elsewhere', () => {
    mkdirSync(join(folder, 'pki'));
    for (const name of ['ca', 'crt', 'key']) writeFileSync(join(folder, 'pki', name), name);
    const file = write({
      clusters: [{ name: 'c', cluster: { server: 'https://c', 'certificate-authority': 'pki/ca' } }],
      users: [
        { name: 'u', user: { 'client-certificate': 'pki/crt', 'client-key': join(folder, 'pki/key') } },
      ],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect(JSON.parse(readKubeconfig(file, 'x').content)).toMatchObject({
      clusters: [{ cluster: { server: 'https://c', 'certificate-authority-data': base64('ca') } }],
      users: [{ user: { 'client-certificate-data': base64('crt'), 'client-key-data': base64('key') } }],
    });
  });

  it('keeps login plugins, with a command beside the file made absolute', () => {
    const [user] = JSON.parse(readKubeconfig(write(), 'plugin').content).users;
    expect(user.user.exec).toEqual({ apiVersion: 'v1', command: join(folder, 'login'), args: ['x'] });
  });

  it.each([
    [
      'an unknown context',
      'stagin',
      'there is no "stagin"; did you mean "staging"? the file has: staging, production',
    ],
    ['an absent cluster', 'broken', 'context broken: cluster: there is no "c9"; did you mean "c1"?'],
  ])('refuses %s', (_, context, message) => {
    expect(() => readKubeconfig(write(), context)).toThrow(message);
  });

  it('refuses a file that is not there, or no kubeconfig, without quoting it', () => {
    expect(() => readKubeconfig(join(folder, 'none'), 'x')).toThrow('does not exist');
    expect(() => readKubeconfig(write('just text'), 'x')).toThrow('is no kubeconfig');
    const broken = write('users: [token: "secret-token');
    expect(() => readKubeconfig(broken, 'x')).toThrow('cannot be read as YAML');
    expect(() => readKubeconfig(broken, 'x')).not.toThrow('secret-token');
  });

  it('refuses a certificate file that is not there', () => {
    const file = write({
      clusters: [{ name: 'c', cluster: { 'certificate-authority': 'gone' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    });
    expect(() => readKubeconfig(file, 'x')).toThrow(`certificate-authority: names ${join(folder, 'gone')}`);
  });
});

describe('clusterIdentity', () => {
  const identity = (cluster: object) => clusterIdentity(JSON.stringify({ clusters: [{ cluster }] }));

  it('outlives a new address, but not a new authority', () => {
    const one = identity({ server: 'https://a', 'certificate-authority-data': 'A' });
    expect(identity({ server: 'https://b', 'certificate-authority-data': 'A' })).toBe(one);
    expect(identity({ server: 'https://a', 'certificate-authority-data': 'B' })).not.toBe(one);
  });

  it('is the address where a public authority vouches for it', () => {
    expect(identity({ server: 'https://a' })).not.toBe(identity({ server: 'https://b' }));
  });
});

describe('kubeconfig', () => {
  const access = (source: KubeconfigSource, options?: MockOptions) =>
    mockEngine(() => kubeconfig(source), options);
  const value = (output: pulumi.Output<string>) => new Promise<string>((resolve) => output.apply(resolve));
  const facts = async ({ content, clusterIdentity: identity }: Kubeconfig) => ({
    secret: await pulumi.isSecret(content),
    known: await (content as unknown as { isKnown: Promise<boolean> }).isKnown,
    identitySecret: await pulumi.isSecret(identity),
  });

  it('holds a file as a secret, and its identity in clear', async () => {
    const { result } = await access({ file: write(), context: 'staging' });
    expect(await facts(result)).toEqual({ secret: true, known: true, identitySecret: false });
    expect(JSON.parse(await value(result.content))['current-context']).toBe('staging');
  });

  it("takes another stack's output", async () => {
    const { content } = readKubeconfig(write(), 'staging');
    const { result } = await access(
      { clusterStack: 'org/shop/main' },
      { stackOutputs: { kubeconfig: content } },
    );
    expect(await facts(result)).toEqual({ secret: true, known: true, identitySecret: false });
    expect(await value(result.clusterIdentity)).toBe(clusterIdentity(content));
  });

  it.each<[string, KubeconfigSource]>([
    ['there is no cluster yet', 'not-there-yet'],
    ["the cluster's stack was not brought up", { clusterStack: 'org/shop/main' }],
  ])('is unknown in a preview while %s', async (_, source) => {
    const { result } = await access(source, { preview: true });
    expect(await facts(result)).toEqual({ secret: true, known: false, identitySecret: false });
  });

  it('refuses to apply without a cluster, and says how to name one', async () => {
    await expect(access('not-there-yet')).rejects.toThrow(
      'pulumi config set --stack stack keelson:kubeconfig PATH',
    );
  });

  it('never looks at KUBECONFIG', async () => {
    process.env.KUBECONFIG = write();
    await expect(access('not-there-yet')).rejects.toThrow('keelson:kubeconfig: is not set');
    delete process.env.KUBECONFIG;
  });
});
