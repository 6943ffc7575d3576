import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { logicalName, otherVersions, typeToken } from '../../stacks/object-key.js';

/** Every kind of Kubernetes 1.30, alpha and beta too, by the fields that fix it in its types. */
const kinds = (() => {
  const folder = dirname(require.resolve('kubernetes-types/package.json'));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.d.ts'));
  return files.flatMap((file) =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(
        /apiVersion\??: "(.+?)";[\s\S]*?\n {4}kind\??: "(.+?)"/g,
      ),
    ].map(([, apiVersion = '', kind = '']) => ({
      apiVersion,
      kind,
      metadata: { name: 'web', namespace: 'shop' },
    })),
  );
})();

const key = ({ apiVersion, kind }: (typeof kinds)[number]) => `${apiVersion.replace(/[^/]+$/, '')}${kind}`;

test('a kind of Kubernetes that has other versions knows each of them', () => {
  const pairs = kinds.flatMap((one) =>
    kinds
      .filter((other) => key(other) === key(one) && other.apiVersion !== one.apiVersion)
      .map((other) => [one, other] as const),
  );
  expect(pairs.map(([one]) => one.kind)).toContain('HorizontalPodAutoscaler');
  for (const [one, other] of pairs) expect(otherVersions(one)).toContain(typeToken(other));
});

test('what most objects of an application are has no other version', () => {
  const usual = [
    ['v1', 'ConfigMap'],
    ['apps/v1', 'Deployment'],
    ['batch/v1', 'CronJob'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
  ] as const;
  for (const [apiVersion, kind] of usual) {
    expect(kinds.map((known) => `${known.apiVersion} ${known.kind}`)).toContain(`${apiVersion} ${kind}`);
    expect(otherVersions({ apiVersion, kind, metadata: { name: 'web' } })).toEqual([]);
  }
});

test('a custom resource knows those that its group may have had, and not its own', () => {
  const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'web' } };
  const versions = otherVersions(certificate);
  expect(versions).toContain('kubernetes:cert-manager.io/v1alpha2:Certificate');
  expect(versions).not.toContain(typeToken(certificate));
  expect(new Set(versions).size).toBe(versions.length);
});

test('an object is named by where it is, and not by its version', () => {
  expect(kinds.length).toBeGreaterThan(100);
  for (const kind of kinds) expect(logicalName(kind)).toBe(`shop/${kind.kind}/web`);
});
