import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The ports of one cluster, all on 127.0.0.1. They are kept for a restart, as the kubeconfig names one. */
export interface ClusterPorts {
  readonly apiserver: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

/** Below what Linux and macOS give to outgoing connections: one of these could hold the port at the next start. */
const LOWEST = 20_000;
const HIGHEST = 29_999;

/** Ports that nobody uses now. */
export async function freePorts(): Promise<ClusterPorts> {
  const found: number[] = [];
  while (found.length < 3) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!found.includes(port) && (await isFree(port))) found.push(port);
  }
  const [apiserver = 0, etcd = 0, etcdPeer = 0] = found;
  return { apiserver, etcd, etcdPeer };
}

/** Whether a port can be listened on now, or within `patience` milliseconds: a killed process keeps its own a moment. */
export async function isFree(port: number, patience = 0): Promise<boolean> {
  const end = Date.now() + patience;
  while (!(await canListen(port))) {
    if (Date.now() >= end) return false;
    await sleep(50);
  }
  return true;
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
