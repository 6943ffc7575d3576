import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.js';
import { until } from '../until.js';

/** kubectl's arguments for lunch's environment, and for the pods of its page. */
export const NAMESPACE = '--namespace=development';
export const WEB = '--selector=app.kubernetes.io/name=web';

/** Where the node reaches lunch's page. @param namespace an argument of kubectl */
export async function pageUrl(lab: Lab, namespace = NAMESPACE): Promise<string> {
  const address = await lab.kubectl(namespace, 'get', 'service', 'web', '-o=jsonpath={.spec.clusterIP}');
  return `http://${address}:8080/`;
}

/** Waits until a page is reached: a ready pod is, by its Service, only once kube-proxy has written the rule. */
export const pageAnswers = (url: string): Promise<void> =>
  until('the page answers', async () => {
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined);
    return answer?.status === 200;
  });

interface Lock {
  readonly web: { readonly development: { tag: string } };
}

/** Path of lunch's lock file. */
export const lockFile = (lab: Lab): string => join(lab.lunch.root, 'images.lock.json');

const readLock = (lab: Lab): Lock => JSON.parse(readFileSync(lockFile(lab), 'utf8'));

/** The release of the page that runs. */
export const releaseOf = (lab: Lab): string => readLock(lab).web.development.tag;

/** Brings a release of the page up as a person does: one line in the lock file, then `up`. @returns seconds of `up` */
export async function releasePage(lab: Lab, tag: string): Promise<number> {
  const images = readLock(lab);
  images.web.development.tag = tag;
  writeFileSync(lockFile(lab), JSON.stringify(images, undefined, 2));
  const started = performance.now();
  await lab.lunch.up('development');
  return (performance.now() - started) / 1000;
}
