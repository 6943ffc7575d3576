import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

/* What a process does that goes on after its engine: only a process of its own can show how it ends. */
const CALL = `
const grpc = require('@grpc/grpc-js');
const client = new grpc.Client('127.0.0.1:1', grpc.credentials.createInsecure());
const late = () => new Promise((_, reject) =>
  client.makeUnaryRequest('/engine/late', (x) => x, (x) => x, Buffer.alloc(0), reject));
`;

function run(body: string, forgiving: boolean): { readonly status: number | null; readonly output: string } {
  const forgive = `require(${JSON.stringify(join(ROOT, 'dist/stacks/late-calls.js'))}).forgiveLateCalls();`;
  const script = `${CALL}${forgiving ? `${forgive}${forgive}` : ''}${body}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

const CALL_AND_GO_ON = 'late(); setTimeout(() => { console.log("went on"); client.close(); }, 500);';

test('a call to an engine that is gone ends a process which does not forgive it', () => {
  expect(run(CALL_AND_GO_ON, false)).toMatchObject({
    status: 1,
    output: expect.stringContaining('UNAVAILABLE'),
  });
});

test('a forgiven one does not', () => {
  expect(run(CALL_AND_GO_ON, true)).toEqual({ status: 0, output: 'went on\n' });
});

test('whatever else nobody handles still ends it, with its own words', () => {
  const { status, output } = run('Promise.reject(new Error("a fault of ours"));', true);
  expect([status, output]).toEqual([expect.any(Number), expect.stringContaining('a fault of ours')]);
  expect(status).not.toBe(0);
  const unlike = 'Promise.reject(Object.assign(new Error("no call"), { code: 14 }));';
  expect(run(unlike, true).status).not.toBe(0);
});

test("somebody else's listener decides what is not ours", () => {
  const listen = 'process.on("unhandledRejection", (error) => console.log("heard", error.message));';
  expect(run(`${listen} Promise.reject(new Error("theirs"));`, true)).toEqual({
    status: 0,
    output: 'heard theirs\n',
  });
});
