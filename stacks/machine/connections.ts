import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from 'signal-exit';
import { type HeldConnection, holdConnection } from './held-connection.js';
import { type IdentityAgent, identityAgent } from './identity-agent.js';
import { type SshRoute, sshArguments } from './ssh-arguments.js';
import type { SshMachine } from './ssh-machine.js';

interface Kept {
  /** Socket by which other sessions go over it. */
  readonly control: string;
  readonly connection: Promise<HeldConnection>;
}

/**
 * What logins have in common: one connection to each machine, made when it is first wanted and anew where it is gone,
 * and one SSH agent for each set of keys.
 */
export class Connections {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keelson-ssh-'));
  readonly #forget = onExit(() => this.#remove());
  readonly #agents = new Map<string, Promise<IdentityAgent>>();
  readonly #kept = new Map<string, Kept>();
  #sockets = 0;

  /** The way to a machine by a connection that is made for it. @throws SshError where the machine's key is none */
  async own(machine: SshMachine, connectTimeout?: number): Promise<SshRoute> {
    const { identity = 'own' } = machine;
    if (typeof identity !== 'object' || !('privateKey' in identity)) return { connectTimeout };
    const keys = [identity.privateKey].flat();
    const id = JSON.stringify(keys);
    let agent = this.#agents.get(id);
    if (agent === undefined) {
      agent = identityAgent(machine, keys, this.#socket());
      this.#agents.set(id, agent);
      agent.catch(() => this.#agents.delete(id));
    }
    return { connectTimeout, agent: (await agent).socket };
  }

  /** The way to a machine over the connection that is kept. @throws SshError where there is none */
  async kept(machine: SshMachine, connectTimeout?: number, signal?: AbortSignal): Promise<SshRoute> {
    const route = await this.own(machine, connectTimeout);
    const id = idOf(machine);
    let kept = this.#kept.get(id);
    if (kept === undefined) {
      const control = this.#socket();
      const args = ['-M', '-S', control, ...sshArguments(machine, route)];
      kept = { control, connection: holdConnection(machine, args, signal) };
      this.#kept.set(id, kept);
      const lost = () => this.#kept.get(id)?.control === control && this.#kept.delete(id);
      kept.connection.then(({ gone }) => gone).then(lost, lost);
    }
    await kept.connection;
    return { ...route, control: kept.control };
  }

  /** Closes the connection that is kept to a machine: the next one shows that it can still be made. */
  async leave(machine: SshMachine): Promise<void> {
    const id = idOf(machine);
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    if (kept !== undefined) await end(kept);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(end));
    for (const agent of this.#agents.values()) (await agent.catch(() => undefined))?.close();
    this.#forget();
    this.#remove();
  }

  #socket(): string {
    this.#sockets += 1;
    return join(this.#folder, `${this.#sockets}`);
  }

  #remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function end({ connection }: Kept): Promise<void> {
  const made = await connection.catch(() => undefined);
  await made?.close();
}

const idOf = ({ name, address, port, user, identity, knownHosts }: SshMachine): string =>
  JSON.stringify([name, address, port, user, identity, knownHosts]);

/**
 * Keeps connections for as long as `use` takes.
 *
 * @param given somebody else's, which stay. @default new ones, which end with `use`
 * @example
 * await withConnections((connections) => rollingUpdate(machines, { connections }));
 */
export async function withConnections<T>(
  use: (connections: Connections) => Promise<T>,
  given?: Connections,
): Promise<T> {
  if (given !== undefined) return await use(given);
  const connections = new Connections();
  try {
    return await use(connections);
  } finally {
    await connections.close();
  }
}
