/*
 * Writes lib/generated and test/schema from pinned Go modules: `tools/generate/run`. It needs Go (see
 * go.mod) and a way to Go modules. The same versions give the same bytes.
 */
import { join } from 'node:path';
import type { KubeObject } from '../../lib/kube/object.js';
import { certManagerObjects } from './cert-manager.js';
import { customResourceTypes } from './custom-resource-types.js';
import { applied, readObjects } from './custom-resources.js';
import { mergeKeys } from './merge-keys.js';
import { moduleDirectory } from './module.js';
import { slimOpenApi } from './openapi.js';
import { readme } from './readme.js';
import { certManager, helmController, kubernetes, prometheusOperator, traefik } from './sources.js';
import { lines, write } from './write.js';

const certManagerCrds = join(moduleDirectory(certManager), 'deploy/crds');
const traefikCrds = readObjects(
  join(
    moduleDirectory(traefik),
    'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml',
  ),
);
const k3sCrds = readObjects(join(moduleDirectory(helmController), 'pkg/crds/yaml/generated'));
const prometheusCrds = ['servicemonitors', 'podmonitors', 'prometheusrules'].flatMap((name) =>
  readObjects(
    join(
      moduleDirectory(prometheusOperator),
      `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
  ),
);

/** What people write; Order and Challenge are cert-manager's own business. */
const TYPES: Readonly<Record<string, readonly KubeObject[]>> = {
  'cert-manager': ['certificates', 'certificaterequests', 'issuers', 'clusterissuers'].flatMap((name) =>
    readObjects(join(certManagerCrds, `cert-manager.io_${name}.yaml`)),
  ),
  traefik: traefikCrds,
  k3s: k3sCrds,
  'prometheus-operator': prometheusCrds,
};

async function generate(): Promise<void> {
  write('lib/generated/cert-manager.json', lines(certManagerObjects()));
  write('lib/generated/traefik-crds.json', lines(applied(traefikCrds, 'traefik')));
  write('lib/generated/k3s-crds.json', lines(applied(k3sCrds, 'helm-controller')));
  write('test/schema/prometheus-operator-crds.json', lines(applied(prometheusCrds, 'prometheus-operator')));
  write(
    `test/schema/kubernetes-${kubernetes.version.slice(1)}.json`,
    `${JSON.stringify(slimOpenApi(moduleDirectory(kubernetes)))}\n`,
  );
  write('lib/generated/merge-keys.json', `${JSON.stringify(mergeKeys(moduleDirectory(kubernetes)))}\n`);
  for (const [name, definitions] of Object.entries(TYPES))
    write(`lib/generated/custom-resources/${name}.ts`, await customResourceTypes(definitions));
  write(
    'lib/generated/custom-resources/index.ts',
    Object.keys(TYPES)
      .map((name) => `export type * from './${name}.js';\n`)
      .join(''),
  );
  write('lib/generated/README.md', readme());
}

generate().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
