import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetsFolder } from '../../embedded/binaries/assets-folder.js';
import { findBinaries } from '../../embedded/binaries/binaries.js';
import type { BinarySource } from '../../embedded/binaries/binary-source.js';
import { downloadedBefore, officialReleases } from '../../embedded/binaries/downloaded-binaries.js';
import type { GoModule } from '../../embedded/binaries/go-modules.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

const moduleOf = (name: string, binaries: readonly string[]): GoModule => ({
  name,
  version: 'v1.0.0',
  binaries: binaries.map((binary) => ({ name: binary, package: `example.com/${binary}` })),
  minutes: 1,
  definitions: {},
});
const modules = [moduleOf('kubernetes', ['kube-apiserver', 'kube-scheduler']), moduleOf('etcd', ['etcd'])];

/** A source that has some binaries, or says why it has none. */
const source = (name: string, has: readonly string[]): BinarySource & { take: jest.Mock } => ({
  name,
  take: jest.fn(async (_module: GoModule, wanted: readonly string[]) => {
    const found = wanted.filter((binary) => has.includes(binary));
    if (found.length === 0) return { refusal: `${name} is empty` };
    return {
      paths: Object.fromEntries(found.map((binary) => [binary, `/${name}/${binary}`])),
      origin: `from ${name}`,
    };
  }),
});

function program(name: string, output = ''): void {
  writeFileSync(join(folder(), name), `#!/bin/sh\necho '${output}'\n`);
  chmodSync(join(folder(), name), 0o755);
}

test('each binary comes from the first source that has it, and what is left is asked of the next', async () => {
  const first = source('first', ['kube-apiserver', 'etcd']);
  const second = source('second', ['kube-apiserver', 'kube-scheduler', 'etcd']);
  const found = await findBinaries({ report: () => undefined }, [first, second], modules);
  expect(found.paths).toEqual({
    'kube-apiserver': '/first/kube-apiserver',
    'kube-scheduler': '/second/kube-scheduler',
    etcd: '/first/etcd',
  });
  expect(found.origin).toBe('kube-apiserver, etcd from first; kube-scheduler from second');
  expect(second.take.mock.calls.map(([, wanted]) => wanted)).toEqual([['kube-scheduler']]);
});

test('where no source has them, one error lists every source with its reason', async () => {
  const search = findBinaries(
    { report: () => undefined },
    [source('first', []), source('second', [])],
    modules,
  );
  await expect(search).rejects.toThrow(
    /needs kube-apiserver, kube-scheduler, etcd, and no source has them:\n {2}- first: first is empty\n {2}- second: second is empty\nMend/,
  );
});

describe('KUBEBUILDER_ASSETS', () => {
  const take = (environment: NodeJS.ProcessEnv, wanted: readonly string[], report = jest.fn()) =>
    assetsFolder(environment).take(modules[0] as GoModule, wanted, { report });

  test('that is not set is passed over', async () => {
    expect(await take({}, ['etcd'])).toMatchObject({ refusal: expect.stringContaining('not set') });
  });

  test('gives what it has and says what it lacks', async () => {
    program('kube-apiserver', 'Kubernetes v1.34.1');
    const report = jest.fn();
    const environment = { KUBEBUILDER_ASSETS: folder() };
    const found = await take(environment, ['kube-apiserver', 'kube-scheduler'], report);
    expect(found).toMatchObject({ paths: { 'kube-apiserver': join(folder(), 'kube-apiserver') } });
    expect(report).toHaveBeenCalledWith(expect.stringContaining('has no kube-scheduler'));
  });

  test('that does not exist is an error, since somebody meant it', async () => {
    const environment = { KUBEBUILDER_ASSETS: '/nowhere/at/all' };
    await expect(take(environment, ['etcd'])).rejects.toThrow('/nowhere/at/all, which does not exist');
  });

  test('with an API server that the other programs are too new for is an error', async () => {
    program('kube-apiserver', 'Kubernetes v1.28.3');
    const environment = { KUBEBUILDER_ASSETS: folder() };
    await expect(take(environment, ['kube-apiserver'])).rejects.toThrow(
      /holds Kubernetes v1.28.3.*v1.34 or v1.35 is needed/,
    );
  });
});

describe('official releases', () => {
  const closed = 'http://127.0.0.1:9';
  const hosts = { kubernetes: closed, etcd: closed, kwok: closed };

  test('are refused within seconds where the network is closed, by one probe for all modules', async () => {
    const releases = officialReleases(hosts);
    const fetches = jest.spyOn(globalThis, 'fetch');
    for (const each of modules) {
      const answer = await releases.take(each, ['etcd'], { report: () => undefined });
      expect(answer).toMatchObject({
        refusal: expect.stringContaining('Run once where the network is open'),
      });
    }
    expect(fetches.mock.calls.length).toBeLessThanOrEqual(1);
    fetches.mockRestore();
  });

  test('that were downloaded before are found without the network', async () => {
    const before = process.env.KEELSON_CACHE;
    process.env.KEELSON_CACHE = folder();
    try {
      const answer = await downloadedBefore().take(modules[1] as GoModule, ['etcd'], {
        report: () => undefined,
      });
      expect(answer).toEqual({ refusal: '' });
    } finally {
      process.env.KEELSON_CACHE = before;
    }
  });
});
