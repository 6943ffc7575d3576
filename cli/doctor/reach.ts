import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { codeOf, messageOf } from '../../embedded/message-of.js';
import { KeelsonError } from '../../lib/config/problem.js';
import { fieldsAt, listAt, textAt } from '../../lib/diff/json.js';
import { readKubeconfig } from '../../stacks/kubeconfig-file.js';
import type { Finding } from './finding.js';

/** Milliseconds for a server's first word. */
const PATIENCE = 5_000;

/** A cluster as a stack's configuration, or the command line, names it. */
export interface NamedCluster {
  /** Who names it. */
  readonly by: string;
  readonly file: string;
  readonly context: string;
}

/** Every `Pulumi.<stack>.yaml` that names a kubeconfig. */
export function clustersNamed(root: string): readonly NamedCluster[] {
  return readdirSync(root)
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .flatMap((name) => {
      const config = configIn(join(root, name));
      const [file, context] = [config['keelson:kubeconfig'], config['keelson:context']];
      if (typeof file !== 'string' || typeof context !== 'string') return [];
      return [{ by: name, file: file.startsWith('~') ? file : resolve(root, file), context }];
    });
}

function configIn(file: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsAt(load(readFileSync(file, 'utf8')), 'config');
  } catch {
    return {};
  }
}

/** Each cluster, by the file and context that name it; nothing of its credentials is sent or shown. */
export async function checkClusters(clusters: readonly NamedCluster[]): Promise<readonly Finding[]> {
  if (clusters.length === 0)
    return [
      { what: 'clusters', state: 'ok', found: 'no stack names a kubeconfig: the embedded control plane' },
    ];
  return Promise.all(clusters.map(clusterFinding));
}

async function clusterFinding({ by, file, context }: NamedCluster): Promise<Finding> {
  const about = { what: `cluster of ${by}` };
  let content: string;
  try {
    content = readKubeconfig(file, context).content;
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    const found = error.problems
      .map(({ where, message }) => [where, message].filter(Boolean).join(': '))
      .join('; ');
    return {
      ...about,
      state: 'broken',
      found: `${file}: ${found}`,
      mend: `kubectl config get-contexts --kubeconfig ${file}`,
    };
  }
  const [{ cluster } = { cluster: {} }] = listAt(JSON.parse(content), 'clusters');
  const server = textAt(cluster, 'server') ?? '';
  const authority = textAt(cluster, 'certificate-authority-data');
  const problem = await whyNoAnswer(
    `${server}/version`,
    authority && Buffer.from(authority, 'base64').toString(),
  );
  const named = `context ${context}, ${withoutUser(server)}`;
  return problem === undefined
    ? { ...about, state: 'ok', found: `${named}: answers` }
    : {
        ...about,
        state: 'unreachable',
        found: `${named}: ${problem}`,
        mend: `kubectl --kubeconfig ${file} --context ${context} version`,
      };
}

/** The registries that `images.lock.json` names. */
export async function checkRegistries(root: string): Promise<readonly Finding[]> {
  return Promise.all(
    registriesIn(join(root, 'images.lock.json')).map(async (registry): Promise<Finding> => {
      const about = { what: `registry ${registry}`, neededFor: 'publishing and checking images' };
      const problem = await whyNoAnswer(`https://${registry}/v2/`);
      return problem === undefined
        ? { ...about, state: 'ok', found: 'answers' }
        : { ...about, state: 'unreachable', found: problem, mend: `curl --head https://${registry}/v2/` };
    }),
  );
}

function registriesIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  try {
    const services = fieldsAt(JSON.parse(readFileSync(file, 'utf8')));
    const hosts = Object.values(services).flatMap((environments) =>
      Object.values(fieldsAt(environments)).flatMap(
        (image) => textAt(image, 'repository')?.split('/')[0] ?? [],
      ),
    );
    return [...new Set(hosts)].filter((host) => /^[a-z0-9.-]+(:\d+)?$/.test(host));
  } catch {
    return [];
  }
}

/** Whatever a server answers, it answers; undefined then. */
const whyNoAnswer = (url: string, ca?: string): Promise<string | undefined> =>
  new Promise((done) => {
    if (!URL.canParse(url) || !url.startsWith('https:')) {
      done('its address is no https URL');
      return;
    }
    const asked = request(url, { method: 'GET', timeout: PATIENCE, ...(ca && { ca }) }, (response) => {
      response.resume();
      done(undefined);
    });
    asked
      .on('timeout', () => asked.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)))
      .on('error', (error) => done(codeOf(error) || messageOf(error)))
      .end();
  });

/** An address without what stands before its `@`. */
function withoutUser(server: string): string {
  if (!URL.canParse(server)) return 'no URL';
  const { protocol, host } = new URL(server);
  return `${protocol}//${host}`;
}
