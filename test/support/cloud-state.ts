import { spawnSync } from 'node:child_process';

/** What is asked and answered: JSON. */
export type Json = Record<string, unknown>;

/** The state of a stack in Pulumi Cloud, and what its engine has told of an update since. */
export class CloudState {
  private readonly journal: unknown[] = [];
  /** As it is exported: `version` and `deployment`. */
  private state: Json = { version: 3, deployment: {} };

  /** @param replayer makes states of journals; without it there are none */
  constructor(private readonly replayer: string | undefined) {}

  /** All that is kept of it. */
  get kept(): Json {
    return { state: this.state, journal: this.journal };
  }

  /** The whole of it anew. */
  put(state: Json): void {
    this.state = state;
    this.journal.length = 0;
  }

  note(entries: readonly unknown[]): void {
    this.journal.push(...entries);
  }

  /** The update is over: each replay has a time of its own, and what is kept has one. */
  settle(): void {
    this.put(this.now());
  }

  /** With what the journal has. */
  now(): Json {
    if (this.replayer === undefined || this.journal.length === 0) return this.state;
    const input = JSON.stringify({ base: this.state.deployment, entries: this.journal });
    const replayed = spawnSync(this.replayer, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
    if (replayed.status !== 0) throw new Error(`the journal cannot be replayed: ${replayed.stderr}`);
    return JSON.parse(replayed.stdout);
  }
}
