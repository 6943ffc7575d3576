import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { refuseFileState } from '../../stacks/state-place.js';

/* Where the real engine says that the state lies. */
const scratch = mkdtempSync(join(tmpdir(), 'keelson-state-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const place = async (backendUrl: string) => {
  const { command: engine } = await findPulumiEngine({ report: () => {} });
  const pulumiHome = join(scratch, 'home');
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' };
  return refuseFileState({ workDir: scratch, pulumiHome, engine, backendUrl, env, providers: 'real' });
};

test('a folder is refused, with the ways on', async () => {
  const folder = join(scratch, 'state');
  mkdirSync(folder);
  await expect(place(`file://${folder}`)).rejects.toThrow(
    /The state has 1 problem:\n {2}file:\/\/.*: is a folder of this machine, and CI has another machine for each run.*s3:\/\/BUCKET.*PULUMI_ACCESS_TOKEN/,
  );
});

/** A bucket with nothing in it that keeps nothing. */
async function emptyBucket() {
  const server = createServer((incoming, response) => {
    incoming.resume();
    const lists = incoming.method === 'GET' && (incoming.url ?? '').includes('list-type=2');
    response.writeHead(lists || incoming.method === 'PUT' ? 200 : 404, { 'content-type': 'application/xml' });
    response.end(
      lists
        ? '<ListBucketResult><Name>state</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>'
        : '<Error><Code>NoSuchKey</Code></Error>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test('a bucket is taken, and one that does not answer is told as such', async () => {
  const bucket = await emptyBucket();
  const at = (port: number) =>
    `s3://state?endpoint=http://127.0.0.1:${port}&region=us-east-1&use_path_style=true`;
  try {
    await expect(place(at((bucket.address() as AddressInfo).port))).resolves.toBeUndefined();
  } finally {
    bucket.closeAllConnections();
    bucket.close();
  }
  await expect(place(at(1))).rejects.toThrow(/state: cannot be reached/);
});

test('nobody who is logged in is told as such', async () => {
  await expect(place('https://127.0.0.1:1')).rejects.toThrow('state: ');
});
