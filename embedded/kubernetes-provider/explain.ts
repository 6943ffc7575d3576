import type { ApiClient } from './api-client.js';
import type { Target } from './discovery.js';
import { at, isProperties, list, type Properties, text } from './property-values.js';

/** Conditions that are good when they are not true. */
const goodWhenFalse = /(Pressure|Failure|Failed|Unavailable)$/;

/** Why an object is not ready, as far as the API server knows: its conditions, its pods, its events. */
export async function explainUnready(client: ApiClient, target: Target, live: Properties): Promise<string[]> {
  const signal = AbortSignal.timeout(5_000);
  const ask = async (path: string, query: Record<string, string>): Promise<Properties[]> =>
    client.request('GET', path, { query, signal, tries: 1 }).then(
      (answer) => list(answer, 'items'),
      () => [],
    );
  const core = `/api/v1/namespaces/${target.namespace || 'default'}`;
  const fieldSelector = `involvedObject.name=${target.name},involvedObject.kind=${text(live, 'kind')},type=Warning`;
  const selector = at(live, 'spec', 'selector', 'matchLabels');
  const labelSelector = isProperties(selector)
    ? Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '';
  const pods = labelSelector ? await ask(`${core}/pods`, { labelSelector, limit: '50' }) : [];
  const events = await ask(`${core}/events`, { fieldSelector, limit: '50' });
  const reasons = [
    ...conditions(live),
    ...(text(live, 'kind') === 'Pod' ? [live] : pods).flatMap(podTroubles),
    ...events.slice(-3).map((event) => `event ${text(event, 'reason')}: ${text(event, 'message')}`),
  ];
  return [...new Set(reasons)].slice(0, 12);
}

function conditions(object: Properties): string[] {
  return list(object, 'status', 'conditions')
    .filter((item) => (item.status === 'True') === goodWhenFalse.test(text(item, 'type')))
    .map((item) => {
      const [reason, message] = [text(item, 'reason'), text(item, 'message')];
      return `condition ${text(item, 'type')} is ${text(item, 'status')}${reason && ` (${reason})`}${message && `: ${message}`}`;
    });
}

function podTroubles(pod: Properties): string[] {
  const name = `pod ${text(pod, 'metadata', 'name')}`;
  const containers = [
    ...list(pod, 'status', 'initContainerStatuses'),
    ...list(pod, 'status', 'containerStatuses'),
  ];
  const waiting = containers.flatMap((container) => {
    const state = at(container, 'state', 'waiting') ?? at(container, 'state', 'terminated');
    if (!isProperties(state) || state.exitCode === 0) return [];
    const message = text(state, 'message');
    return [
      `${name}, container ${text(container, 'name')}: ${text(state, 'reason')}${message && `: ${message}`}`,
    ];
  });
  if (waiting.length > 0) return waiting;
  const unscheduled = list(pod, 'status', 'conditions').find(
    (item) => item.type === 'PodScheduled' && item.status === 'False',
  );
  return unscheduled ? [`${name}: ${text(unscheduled, 'message')}`] : [];
}
