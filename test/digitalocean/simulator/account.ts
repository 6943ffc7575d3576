import { randomUUID } from 'node:crypto';
import { notFound } from './api-error.js';
import { Faults } from './faults.js';
import type { Json, JsonObject } from './json.js';

/** One account of the simulated cloud: everything in it, and what goes wrong in it. */
export class Account {
  readonly faults = new Faults();
  /** Called with each new droplet's name and user data, for whoever plays the machine. */
  onDroplet: (name: string, userData: string) => void = () => {};
  /** What leads to whatever plays DigitalOcean Kubernetes. @default a kubeconfig that leads nowhere */
  managedKubeconfig?: () => string;
  readonly #collections = new Map<string, Map<string, JsonObject>>();
  /** How often something was asked after since its last change. */
  readonly #polls = new Map<string, number>();
  #next = 1000;

  constructor(readonly token: string) {}

  nextNumber(): number {
    return ++this.#next;
  }

  nextUuid = (): string => randomUUID();

  /** The objects of a kind, such as `droplets`, by id. */
  all(kind: string): Map<string, JsonObject> {
    const found = this.#collections.get(kind) ?? new Map<string, JsonObject>();
    this.#collections.set(kind, found);
    return found;
  }

  list(kind: string): JsonObject[] {
    return [...this.all(kind).values()];
  }

  /** What there is, by kind. */
  everything(): Record<string, JsonObject[]> {
    return Object.fromEntries([...this.#collections.keys()].sort().map((kind) => [kind, this.list(kind)]));
  }

  /** @throws ApiError 404 */
  get(kind: string, id: string): JsonObject {
    const found = this.all(kind).get(id);
    if (found === undefined) throw notFound();
    return found;
  }

  add<T extends JsonObject>(kind: string, id: Json, object: T): T {
    this.all(kind).set(String(id), object);
    return object;
  }

  /** Begins an action whose `effect` comes when it is completed. */
  act(type: string, resource: JsonObject, effect: () => void): JsonObject {
    const action: JsonObject = {
      id: this.nextNumber(),
      status: 'in-progress',
      type,
      started_at: now(),
      completed_at: null,
      resource_id: resource.id ?? null,
    };
    this.add('actions', action.id ?? null, action);
    this.#effects.set(String(action.id), effect);
    return action;
  }

  readonly #effects = new Map<string, () => void>();

  /** The action as it is now; asking brings it on. */
  action(id: string): JsonObject {
    const action = this.get('actions', id);
    if (action.status === 'in-progress' && this.polled(`action ${id}`) >= this.faults.actionPolls) {
      this.#effects.get(id)?.();
      Object.assign(action, { status: 'completed', completed_at: now() });
    }
    return action;
  }

  /** Counts a question. @returns how often it was asked */
  polled(what: string): number {
    const polls = (this.#polls.get(what) ?? 0) + 1;
    this.#polls.set(what, polls);
    return polls;
  }
}

export const now = (): string => new Date().toISOString();
