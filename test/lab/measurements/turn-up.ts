import { join } from 'node:path';
import { Application } from '../../../lib/application.js';
import type { KubeObject } from '../../../lib/kube/object.js';
import { synthesize } from '../../../lib/synth.js';
import { loadApplication } from '../../../stacks/application.js';
import { EXAMPLES } from '../application.js';
import type { Lab } from '../lab.js';
import { report } from '../report.js';
import { until } from '../until.js';
import type { Measurement } from './measurement.js';

const TURNS = 20;

/** Points that routeguide's client visits again and again. */
const PLACES = 4;

export const turnUp: Measurement = {
  title: 'A whole system in any order',
  method:
    'All objects of routeguide, with the quota, the limits, the policies and the grants of its namespace, are applied one ' +
    `by one in random order into an empty namespace, ${TURNS} times; the one before goes away meanwhile. It has ` +
    'turned up when every pod is ready, the client has logged the visits that the server counts in the Redis cluster ' +
    'for each place of its way, and a survey has found as many places.',

  async measure(lab) {
    const seconds: number[] = [];
    const broken: string[] = [];
    let objects = 0;
    let leaving: Promise<unknown> = Promise.resolve();
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const system = await systemOf(`turn-${turn}`);
      objects = system.objects.length;
      const order = shuffled(system.objects);
      const started = performance.now();
      try {
        await turnedUp(lab, system.namespace, order);
        seconds.push((performance.now() - started) / 1000);
        report(`Turn ${turn} of ${TURNS}: ${seconds.at(-1)?.toFixed(1)} s`);
      } catch (error) {
        const names = order.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
        broken.push(`turn ${turn}: ${(error as Error).message}; the order was ${names}`);
      }
      // The next turn has a namespace of its own; two that go away would take its processors.
      await leaving;
      leaving = leave(lab, system.namespace.metadata.name);
      leaving.catch(() => undefined);
    }
    await leaving;
    seconds.sort((a, b) => a - b);
    const at = (part: number) => seconds[Math.floor((seconds.length - 1) * part)]?.toFixed(1);
    return {
      figures: [
        { what: `${objects} objects in random order: turned up`, figure: `${seconds.length} of ${TURNS}` },
        { what: 'from the first object, median and longest', figure: `${at(0.5)}, ${at(1)} s` },
      ],
      broken,
    };
  },
};

interface System {
  readonly namespace: KubeObject;
  /** All others, in it. */
  readonly objects: readonly KubeObject[];
}

/** Routeguide's staging under another name. */
async function systemOf(name: string): Promise<System> {
  const { definition } = await loadApplication(join(EXAMPLES, 'routeguide'));
  const { staging } = definition.environments;
  if (!staging) throw new Error('routeguide has no staging');
  const images = Object.fromEntries(
    Object.entries(definition.images).map(([image, places]) => [image, { [name]: places.staging }]),
  );
  const application = { ...definition, images, environments: { [name]: staging } };
  const { stacks } = synthesize(new Application(application as Application['definition']));
  const objectsOf = (wanted: string) =>
    stacks
      .filter(({ kind }) => kind === wanted)
      .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects));
  const namespace = objectsOf('cluster').find(
    ({ kind, metadata }) => kind === 'Namespace' && metadata.name === name,
  );
  if (!namespace) throw new Error(`there is no namespace ${name}`);
  const around = objectsOf('cluster').filter(({ metadata }) => metadata.namespace === name);
  return { namespace, objects: [...around, ...objectsOf('environment')] };
}

async function turnedUp(lab: Lab, namespace: KubeObject, order: readonly KubeObject[]): Promise<void> {
  const kubectl = (...args: string[]) => lab.kubectl(`--namespace=${namespace.metadata.name}`, ...args);
  await lab.apply([namespace]);
  for (const object of order) await applied(lab, object);
  await until('the client has logged each place', async () => {
    const log = await kubectl('logs', 'deployment/client').catch(() => '');
    return new Set(log.match(/place \d+, \d+: visit/g)).size === PLACES;
  });
  for (const workload of ['statefulset/places', 'deployment/server', 'deployment/client'])
    await kubectl('rollout', 'status', '--timeout=300s', workload);
  await kubectl('create', 'job', 'survey', '--from=cronjob/survey');
  await kubectl('wait', '--for=condition=complete', '--timeout=300s', 'job/survey');
  const found = await kubectl('logs', 'job/survey');
  if (!found.includes(`: ${PLACES} places were visited`)) throw new Error(`the survey said ${found.trim()}`);
}

/** The first moments of a quota, in which nothing is counted yet and what it counts is refused. */
const UNCOUNTED = /status unknown for quota/;

const applied = (lab: Lab, object: KubeObject): Promise<void> =>
  until(`${object.kind} ${object.metadata.name} is applied`, async () => {
    try {
      await lab.apply([object]);
      return true;
    } catch (error) {
      if (UNCOUNTED.test((error as Error).message)) return false;
      throw error;
    }
  });

/** Deletes a namespace with all that is in it, and waits until it is gone. */
async function leave(lab: Lab, namespace: string): Promise<void> {
  await lab.kubectl('delete', 'namespace', namespace, '--wait=false');
  await until(`the pods of ${namespace} are gone`, async () => {
    const pods = await lab.kubectl(`--namespace=${namespace}`, 'get', 'pods', '--output=name');
    return pods.trim() === '';
  });
  // A pod of Redis may take an hour to end, and so long the namespace's controller may wait: a change calls it.
  const call = ['annotate', 'namespace', namespace, 'lab=empty'];
  await lab.kubectl(...call).catch(() => undefined);
  await lab.kubectl('wait', '--for=delete', `namespace/${namespace}`, '--timeout=600s');
}

function shuffled<T>(all: readonly T[]): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(Math.floor(Math.random() * left.length), 1));
}
