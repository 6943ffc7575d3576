import type { KubeObject, StackManifests, Synthesis } from '../lib/index.js';
import { requestsOf } from '../lib/requests.js';
import { wrapped } from './wrapped.js';

/** What a synthesis would create, for a person: one block a stack, lines no longer than `width`. */
export function summaryLines({ application, stacks }: Synthesis, width: number): string[] {
  const clusters = stacks.filter(({ kind }) => kind === 'cluster').length;
  const environments = stacks.length - clusters;
  const objects = stacks.flatMap(objectsOf).length;
  return [
    [
      `${application}: ${count(objects, 'object')}`,
      ...(environments > 0 ? [`in ${count(environments, 'environment')}`] : []),
      ...(clusters > 0 ? [`on ${count(clusters, 'cluster')}`] : []),
    ].join(' '),
    ...stacks.flatMap((stack) => ['', ...stackLines(stack, width)]),
  ];
}

function stackLines(stack: StackManifests, width: number): string[] {
  const objects = objectsOf(stack);
  const requested = requestsLine(stack);
  const requests = requested === undefined ? '' : `, ${requested}`;
  const items =
    stack.kind === 'cluster'
      ? stack.manifests.map((manifest) => `${manifest.name} (${manifest.objects.length})`)
      : objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const secrets = stack.secrets.map(({ name, keys }) => `needs Secret ${name} (${keys.join(', ')})`);
  return [
    ...wrapped(`${stack.name}: ${count(objects.length, 'object')}${requests}`, { width }),
    ...wrapped(items.join(', '), { width, first: '  ', separator: ', ' }),
    ...secrets.flatMap((line) => wrapped(line, { width, first: '  ' })),
    ...stack.urls.map((url) => `  ${url}`),
  ];
}

/** What the stack's pods ask of their nodes in sum; undefined where they ask for nothing. */
export function requestsLine(stack: StackManifests): string | undefined {
  const { cpuMillis, memoryMiB, peak } = requestsOf(objectsOf(stack));
  return cpuMillis > 0
    ? `requests ${amount(cpuMillis, memoryMiB)}, at most ${amount(peak.cpuMillis, peak.memoryMiB)} during changes`
    : undefined;
}

const objectsOf = ({ manifests }: StackManifests): KubeObject[] =>
  manifests.flatMap(({ objects }) => objects);

const amount = (cpuMillis: number, memoryMiB: number): string =>
  `${Math.round(cpuMillis)}m CPU and ${Math.round(memoryMiB)} MiB`;

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
