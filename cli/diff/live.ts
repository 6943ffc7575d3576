import { KeelsonError, listed } from '../../lib/config/problem.js';
import { environmentsOf } from '../../lib/config/selection.js';
import { comparableObject, liveObject } from '../../lib/diff/live-object.js';
import { identityOf } from '../../lib/diff/object-change.js';
import type { DiffReport, SideProblem } from '../../lib/diff/report.js';
import { groupOf } from '../../lib/kube/immutable-fields.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { Report } from '../../lib/progress.js';
import { ownedObjects } from '../../stacks/access/owned-objects.js';
import { findApplication, loadApplication } from '../../stacks/application.js';
import { FIELD_MANAGER } from '../../stacks/owner.js';
import { type AdminAccess, withAdminAccess } from '../admin-access.js';
import type { TargetOptions } from '../target.js';
import { currentUser } from '../user.js';
import type { Content, Stacks } from './manifests.js';
import { reportOf } from './report-of.js';
import { type LoadedSide, load, withSide } from './side.js';
import type { CodeSource } from './source.js';

interface LiveComparison {
  /** What is compared with the cluster. */
  readonly code: CodeSource;
  /** Which side of the report the cluster is. */
  readonly live: 'base' | 'head';
  readonly here: string;
  readonly options: TargetOptions;
  readonly report: Report;
}

/** What an environment's stack and its cluster's are called, and on which cluster they are. */
interface Place {
  readonly stack: string;
  readonly cluster: string;
}

const MANAGER = Object.values(FIELD_MANAGER)[0] ?? '';

/**
 * Compares code with what Keelson has applied to a cluster, as it is there now. It changes nothing, and asks for no
 * Secret.
 *
 * @throws KeelsonError where it is not clear which cluster is meant, or it does not answer
 */
export async function compareLive({
  code,
  live,
  here,
  options,
  report,
}: LiveComparison): Promise<DiffReport> {
  const { root } = findApplication(here);
  const { definition, name } = await loadApplication(root);
  const known = environmentsOf(definition, currentUser());
  const chosen = options.env ?? known.slice(0, 1).map((environment) => environment.name);
  const embedded = options.embedded || (options.env === undefined && options.kubeconfig === undefined);
  const clusters = [
    ...new Set(known.filter((one) => chosen.includes(one.name)).map(({ cluster }) => cluster)),
  ];
  if (clusters.length > 1 && (embedded || options.kubeconfig !== undefined))
    throw new KeelsonError('The comparison', [
      {
        where: `--env ${chosen.join(' ')}`,
        message: 'names environments of several clusters; name those of one',
      },
    ]);
  const places: Place[] = [
    ...clusters.map((cluster) => ({ cluster, stack: `${cluster}-cluster` })),
    ...known
      .filter((one) => chosen.includes(one.name))
      .map((one) => ({ cluster: one.cluster, stack: one.name })),
  ];
  return withSide(code, here, report, async (open) => {
    const side = await load(open);
    const written = { ...side, stacks: await comparable(side.stacks, places, embedded) };
    const found: LoadedSide[] = [];
    for (const cluster of clusters)
      found.push(
        await withAdminAccess(root, cluster, { ...options, embedded, definition }, async (access) =>
          readCluster({
            access,
            application: name,
            stacks: places.filter((place) => place.cluster === cluster).map(({ stack }) => stack),
            written: written.stacks,
            leftOut: embedded ? await ofTheStandIn() : [],
            report,
          }),
        ),
      );
    const cluster: LoadedSide = {
      name: 'live',
      live: true,
      stacks: new Map(found.flatMap(({ stacks }) => [...stacks])),
      problems: found.flatMap(({ problems }) => problems),
    };
    return live === 'base' ? reportOf(cluster, written, chosen) : reportOf(written, cluster, chosen);
  });
}

/** What of code a cluster can have: no machines, and no values of Secrets. */
async function comparable(stacks: Stacks, places: readonly Place[], embedded: boolean): Promise<Stacks> {
  const isCompared = ({ apiVersion, kind }: KubeObject): boolean =>
    !(groupOf(apiVersion) === '' && kind === 'Secret') &&
    // The embedded control plane does without: no pod of it answers.
    !(embedded && kind.endsWith('WebhookConfiguration'));
  return new Map(
    [...stacks]
      .filter(([stack]) => places.some((place) => place.stack === stack))
      .map(([stack, manifests]) => [
        stack,
        new Map(
          [...manifests].map(([manifest, content]) => [
            manifest,
            contentOf(() => content.objects().filter(isCompared).map(comparableObject)),
          ]),
        ),
      ]),
  );
}

/** Objects that the embedded control plane has in place of k3s' own. */
async function ofTheStandIn(): Promise<readonly KubeObject[]> {
  const { k3sManifest } = await import('../../embedded/k3s-manifest.js');
  return k3sManifest().objects;
}

async function readCluster({
  access,
  application,
  stacks,
  written,
  leftOut,
  report,
}: {
  readonly access: AdminAccess;
  readonly application: string;
  readonly stacks: readonly string[];
  readonly written: Stacks;
  readonly leftOut: readonly KubeObject[];
  readonly report: Report;
}): Promise<LoadedSide> {
  const codeOf = (stack: string) =>
    [...(written.get(stack) ?? [])].flatMap(([manifest, content]) =>
      content.objects().map((object) => ({ manifest, object })),
    );
  const all = stacks.flatMap(codeOf).map(({ object }) => object);
  const owned = await ownedObjects(access, application, {
    versions: [...new Set(all.map(({ apiVersion }) => apiVersion))],
    namespaces: [...new Set(all.flatMap(({ metadata }) => metadata.namespace ?? []))],
  });
  if (owned.forbidden.length > 0)
    report(
      `${owned.forbidden.length} kinds may not be listed with this access: objects of them that the code lacks are not found.`,
    );
  const skipped = new Set(leftOut.map(identityOf));
  const problems: SideProblem[] = [];
  const found = new Map<string, ReadonlyMap<string, Content>>();
  for (const stack of stacks) {
    const code = new Map(codeOf(stack).map((one) => [identityOf(one.object), one]));
    const hidden = owned.forbidden.filter((kind) =>
      [...code.values()].some(({ object }) => `${groupOf(object.apiVersion)}/${object.kind}` === kind),
    );
    if (hidden.length > 0)
      problems.push({
        stack,
        message: `with this access nobody may list ${listed(hidden)}; name one that may, such as an administrator's`,
      });
    const manifests = new Map<string, KubeObject[]>();
    for (const one of owned.stacks.get(stack) ?? []) {
      const counterpart = code.get(identityOf(one));
      const object = skipped.has(identityOf(one)) ? undefined : liveObject(one, MANAGER, counterpart?.object);
      const manifest = counterpart?.manifest ?? 'live';
      if (object) manifests.set(manifest, [...(manifests.get(manifest) ?? []), object]);
    }
    if (manifests.size > 0)
      found.set(stack, new Map([...manifests].map(([name, objects]) => [name, contentOf(() => objects)])));
  }
  return { name: 'live', stacks: found, problems };
}

const contentOf = (objects: () => readonly KubeObject[]): Content => ({
  objects,
  text: () => JSON.stringify(objects()),
});
