import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Programs by another path, such as a Valkey's, stand in this directory. */
export const SERVERS = process.env.REDIS_BIN ?? '/usr/bin';
export const PORT = 6379;

/** The first of some programs that is there, such as Valkey's or Redis' own, or undefined. */
const program = (...names: readonly string[]): string | undefined =>
  names.map((name) => join(SERVERS, name)).find((path) => existsSync(path));

export const server = program('valkey-server', 'redis-server') ?? '';
export const client = program('valkey-cli', 'redis-cli') ?? '';

/** Why these tests cannot run here, or undefined. */
export const missing: string | undefined =
  server && client ? undefined : `there is no redis-server in ${SERVERS} (apt-get install redis-server)`;

/** Why a part of the pods cannot be cut off from the others here, or undefined. */
export const noPartition: string | undefined =
  process.getuid?.() === 0 && existsSync('/usr/sbin/iptables')
    ? undefined
    : 'cutting pods off needs root and iptables';
