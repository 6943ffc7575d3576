import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.js';

/** kubectl's arguments for lunch's environment, and for the pods of its page. */
export const NAMESPACE = '--namespace=development';
export const WEB = '--selector=app.kubernetes.io/name=web';

/** Where the node reaches lunch's page. */
export async function pageUrl(lab: Lab): Promise<string> {
  const address = await lab.kubectl(NAMESPACE, 'get', 'service', 'web', '-o=jsonpath={.spec.clusterIP}');
  return `http://${address}:8080/`;
}

/** Brings a release of the page up as a person does: one line in the lock file, then `up`. @returns seconds of `up` */
export async function releasePage(lab: Lab, tag: string): Promise<number> {
  const file = join(lab.lunch.root, 'images.lock.json');
  const images = JSON.parse(readFileSync(file, 'utf8')) as { web: { development: { tag: string } } };
  images.web.development.tag = tag;
  writeFileSync(file, JSON.stringify(images, undefined, 2));
  const started = performance.now();
  await lab.lunch.up('development');
  return (performance.now() - started) / 1000;
}
