import { stripVTControlCharacters } from 'node:util';
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation';
import { isEnding } from './deletions.js';
import { isCounted, objectIn, resourceName } from './resource-name.js';
import { ResourcePaths } from './resource-path.js';
import { noted, type Resource } from './state-resource.js';
import { logicalNameIn } from './targets.js';

/** What happens to an object. A replacement deletes it and makes a new one. */
export type Operation = 'create' | 'update' | 'replace' | 'delete' | 'same';

export interface Change {
  readonly operation: Operation;
  readonly urn: string;
  readonly kind: string;
  /** With the namespace: `lunch-local/web`. */
  readonly name: string;
  /** From the application to the part of it that the object belongs to: `lunch`, `cert-manager`. */
  readonly path: readonly string[];
  /** Properties that differ, such as `spec.replicas`; never their values. */
  readonly paths: readonly string[];
  /** Those among them that cannot be changed in place. */
  readonly forcing: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  /** Seconds since 1970. */
  readonly since: number;
  /** What the provider last said about it, such as what it waits for. */
  readonly status?: string;
}

export interface Diagnostic {
  readonly severity: 'warning' | 'error';
  /** `Deployment lunch-local/web`, or undefined where it concerns the whole stack. */
  readonly object?: string;
  readonly urn?: string;
  readonly message: string;
}

const OPERATIONS: Partial<Record<StepEventMetadata['op'], Operation>> = {
  create: 'create',
  import: 'create',
  update: 'update',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
  'import-replacement': 'replace',
  delete: 'delete',
  discard: 'delete',
  same: 'same',
  refresh: 'same',
};

/** What the engine told so far. Components and providers are left out: people count objects. */
export class RunRecord {
  private readonly byUrn = new Map<string, Change>();
  private readonly paths = new ResourcePaths();
  private readonly notCreated = new Map<string, Resource>();
  readonly diagnostics: Diagnostic[] = [];
  /** As the engine measured it; undefined until the end. */
  seconds: number | undefined;
  /** URNs of what an earlier run was interrupted in, as the engine or the state says. */
  readonly unsure = new Set<string>();

  /** @param only logical names of the objects that are the run's business. @default every one */
  constructor(private readonly only?: readonly string[]) {}

  /** @returns the object that came to its end with this event. */
  add(event: EngineEvent): Change | undefined {
    if (event.summaryEvent) this.seconds = event.summaryEvent.durationSeconds;
    if (event.diagnosticEvent) this.diagnose(event.diagnosticEvent);
    if (event.resourcePreEvent) this.step(event.resourcePreEvent.metadata, 'running', event.timestamp);
    if (event.resOutputsEvent) return this.step(event.resOutputsEvent.metadata, 'done', event.timestamp);
    if (event.resOpFailedEvent) return this.step(event.resOpFailedEvent.metadata, 'failed', event.timestamp);
    return undefined;
  }

  /** Objects that could not be created because the cluster has them already, without the secrets in it. */
  get refused(): Resource[] {
    return this.diagnostics.flatMap(({ urn = '', message }) =>
      isTaken(message) ? (this.notCreated.get(urn) ?? []) : [],
    );
  }

  /** Forgets what went wrong, for another attempt. */
  restart(): void {
    this.diagnostics.length = 0;
    this.notCreated.clear();
    this.unsure.clear();
  }

  /** URNs of objects that were being deleted when the run ended. */
  get deleting(): string[] {
    return this.changes
      .filter(
        ({ operation, state }) => (operation === 'delete' || operation === 'replace') && state !== 'done',
      )
      .map(({ urn }) => urn);
  }

  /** What a preview says of objects that an up would look up. */
  get ending(): Diagnostic[] {
    return [...this.unsure].map((urn) => {
      const message =
        'is being deleted, as far as the state knows: an up waits until it is gone and makes it anew';
      return { severity: 'warning', object: objectIn(urn), urn, message };
    });
  }

  get changes(): Change[] {
    return [...this.byUrn.values()];
  }

  /** How many objects each operation came to its end for. */
  get counts(): Record<Operation, number> {
    const counts = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    for (const { operation, state } of this.byUrn.values()) if (state === 'done') counts[operation] += 1;
    return counts;
  }

  private step(metadata: StepEventMetadata, state: Change['state'], now: number): Change | undefined {
    this.paths.add(metadata);
    const operation = OPERATIONS[metadata.op];
    const { isObject, kind, name } = resourceName(metadata.urn);
    if (!isCounted(metadata.urn) || operation === undefined) return undefined;
    if (this.only && !this.only.includes(logicalNameIn(metadata.urn))) return undefined;
    if (isObject && state === 'failed' && metadata.op === 'create' && metadata.new)
      this.notCreated.set(metadata.urn, noted(metadata.new));
    if ((operation === 'same' || operation === 'update') && metadata.old && isEnding(metadata.old))
      this.unsure.add(metadata.urn);
    const before = this.byUrn.get(metadata.urn);
    const detailed = Object.entries(metadata.detailedDiff ?? {});
    const paths = detailed.length > 0 ? detailed.map(([path]) => path) : (metadata.diffs ?? []);
    const forcing = detailed.filter(([, diff]) => diff.diffKind.endsWith('replace')).map(([path]) => path);
    // A replacement has several steps; it is done with the new object.
    const ended = metadata.op === 'replace' || metadata.op === 'delete-replaced' ? 'running' : state;
    const change: Change = {
      operation,
      urn: metadata.urn,
      kind,
      name,
      path: this.paths.pathTo(metadata.urn),
      paths: paths.length > 0 ? paths : (before?.paths ?? []),
      forcing: forcing.length > 0 ? forcing : (before?.forcing ?? metadata.keys ?? []),
      state: state === 'failed' ? state : ended,
      since: before?.since ?? now,
    };
    this.byUrn.set(metadata.urn, change);
    return change.state === 'running' || before?.state === change.state ? undefined : change;
  }

  private diagnose({ urn, message, severity, ephemeral }: NonNullable<EngineEvent['diagnosticEvent']>): void {
    const text = plain(message);
    if (/^Attempting to deploy or update resources with \d+ pending operations/.test(text)) {
      for (const [, about = ''] of text.matchAll(/^ *\* (.+), interrupted while \w+$/gm))
        this.unsure.add(about);
      return;
    }
    const running = urn === undefined ? undefined : this.byUrn.get(urn);
    if (running?.state === 'running' && (severity === 'info' || ephemeral))
      this.byUrn.set(running.urn, { ...running, status: text });
    if (ephemeral || text === '' || (severity !== 'warning' && severity !== 'error')) return;
    const of = urn ? resourceName(urn) : undefined;
    const object = urn && of && isCounted(urn) ? `${of.kind} ${of.name}` : undefined;
    // The engine closes every failed run with it; it says nothing.
    if (
      severity === 'error' &&
      object === undefined &&
      /^(update|preview|refresh|destroy) failed$/.test(text)
    )
      return;
    const seen = this.diagnostics.some((other) => other.message === text && other.object === object);
    if (!seen) this.diagnostics.push({ severity, object, ...(object && { urn }), message: text });
  }
}

/** Whether the API server refused a create because there is such an object. */
export const isTaken = (message: string): boolean => /\balready exists\b/.test(message);

/** Without the engine's colour tags (`<{%fg 1%}>`), terminal escapes and its own label. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text.replace(/<\{%.*?%\}>/g, ''))
    .replace(/^(error|warning): /, '')
    .trim();
