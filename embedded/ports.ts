import { createServer, type Server } from 'node:net';

/** The ports of one cluster, all on 127.0.0.1. They are kept for a restart, as the kubeconfig names one. */
export interface ClusterPorts {
  readonly apiserver: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Three ports that nobody uses now. */
export async function freePorts(): Promise<ClusterPorts> {
  // All at once, so that no two are the same.
  const servers = [await listen(0), await listen(0), await listen(0)];
  const [apiserver = 0, etcd = 0, etcdPeer = 0] = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map(close));
  return { apiserver, etcd, etcdPeer };
}

/** Whether a port of 127.0.0.1 could be listened on now. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}
