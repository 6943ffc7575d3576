/*
 * Writes lib/generated and test/schema from pinned Go modules: `tools/generate/run`. It needs Go (see
 * go.mod) and a way to Go modules. The same versions give the same bytes.
 */
import { join } from 'node:path';
import { certManagerObjects } from './cert-manager.js';
import { customResourceDefinitions } from './custom-resources.js';
import { moduleDirectory } from './module.js';
import { slimOpenApi } from './openapi.js';
import { readme } from './readme.js';
import { helmController, kubernetes, traefik } from './sources.js';
import { lines, write } from './write.js';

const TRAEFIK_CRDS = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';
const K3S_CRDS = 'pkg/crds/yaml/generated';

write('lib/generated/cert-manager.json', lines(certManagerObjects()));
write(
  'lib/generated/traefik-crds.json',
  lines(customResourceDefinitions(join(moduleDirectory(traefik), TRAEFIK_CRDS), 'traefik')),
);
write(
  'lib/generated/k3s-crds.json',
  lines(customResourceDefinitions(join(moduleDirectory(helmController), K3S_CRDS), 'helm-controller')),
);
write(
  `test/schema/kubernetes-${kubernetes.version.slice(1)}.json`,
  `${JSON.stringify(slimOpenApi(moduleDirectory(kubernetes)))}\n`,
);
write('lib/generated/README.md', readme());
