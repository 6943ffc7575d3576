import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { describeWith, run } from './tools.js';

interface AuditRule {
  readonly level: string;
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly resources: readonly string[] }[];
}

/** What the API server of each server is given. */
function policy<T>(file: string): T {
  const path = join(ROOT, 'nixos/modules/k3s', file);
  const { status, stdout, stderr } = run('nix-instantiate', ['--eval', '--strict', '--json', path], {
    env: { NIX_REMOTE: 'dummy://' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

describeWith('nix-instantiate', 'nix-bin')('the policies of the API server', () => {
  test('the audit log says who changed what and who read a secret, and never what was in it', () => {
    const { rules } = policy<{ readonly rules: readonly AuditRule[] }>('audit-policy.nix');
    expect(new Set(rules.map(({ level }) => level))).toEqual(new Set(['None', 'Metadata']));
    const secrets = rules.findIndex(({ resources }) =>
      resources?.some((one) => one.resources.includes('secrets')),
    );
    const reads = rules.findIndex(({ verbs }) => verbs?.includes('get'));
    // The first rule that fits counts.
    expect(rules[secrets]?.level).toBe('Metadata');
    expect(secrets).toBeLessThan(reads);
    expect(rules.at(-1)).toEqual({ level: 'Metadata' });
  });

  test('a namespace without labels is baseline; k3s’ own is exempt, and no other', () => {
    expect(policy('pod-security.nix')).toMatchObject({
      plugins: [
        {
          name: 'PodSecurity',
          configuration: {
            defaults: { enforce: 'baseline', warn: 'restricted', audit: 'restricted' },
            exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
          },
        },
      ],
    });
  });
});
