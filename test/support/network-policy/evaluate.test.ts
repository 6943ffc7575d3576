import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import type { KubeObject } from '../../../lib/index.js';
import { allows } from './evaluate.js';
import type { Address, Party, Pod } from './party.js';

let last = 0;
const pod = (
  namespace: string,
  labels: Record<string, string>,
  extra: Partial<Pick<Pod, 'ports' | 'namespaceLabels'>> = {},
): Pod => ({
  kind: 'pod',
  name: `${namespace}/${Object.values(labels).join('-')}`,
  namespace,
  labels,
  ports: [],
  address: `10.42.0.${++last}`,
  ...extra,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...extra.namespaceLabels },
});
const address = (text: string): Address => ({ kind: 'address', name: text, address: text });
const policy = (spec: NetworkPolicySpec, namespace = 'default'): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'policy', namespace },
  spec,
});
const tcp = (policies: readonly KubeObject[], from: Party, to: Party, port: number) =>
  allows(policies, { from, to, protocol: 'TCP', port });
const udp = (policies: readonly KubeObject[], from: Party, to: Party, port: number) =>
  allows(policies, { from, to, protocol: 'UDP', port });

const db = pod('default', { role: 'db' });
const frontend = pod('default', { role: 'frontend' });
const other = pod('default', { role: 'other' });
const away = pod('away', { role: 'frontend' });
const friend = pod('friend', { role: 'any' }, { namespaceLabels: { project: 'myproject' } });

describe("the example of Kubernetes' page on network policies", () => {
  const policies = [
    policy({
      podSelector: { matchLabels: { role: 'db' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
            { namespaceSelector: { matchLabels: { project: 'myproject' } } },
            { podSelector: { matchLabels: { role: 'frontend' } } },
          ],
          ports: [{ protocol: 'TCP', port: 6379 }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
    }),
  ];

  test.each([
    ['a pod of the namespace with the label', frontend, true],
    ['any pod of a namespace with the label', friend, true],
    ['an address of the block', address('172.17.0.9'), true],
    ['an address of the block, beyond the exception', address('172.17.2.1'), true],
    ['another pod of the namespace', other, false],
    ['a pod with the label in another namespace', away, false],
    ['an address of the exception', address('172.17.1.1'), false],
    ['an address outside the block', address('172.18.0.1'), false],
  ])('the database and %s', (_who, from, expected) => {
    expect(tcp(policies, from, db, 6379)).toBe(expected);
    expect(tcp(policies, from, db, 6380)).toBe(false);
    expect(udp(policies, from, db, 6379)).toBe(false);
  });

  test('the database reaches one range on one port', () => {
    expect(tcp(policies, db, address('10.0.0.1'), 5978)).toBe(true);
    expect(tcp(policies, db, address('10.0.0.1'), 5979)).toBe(false);
    expect(tcp(policies, db, address('10.0.1.1'), 5978)).toBe(false);
    expect(tcp(policies, db, frontend, 5978)).toBe(false);
  });

  test('who it does not select is not isolated', () => {
    expect(tcp(policies, away, other, 80)).toBe(true);
    expect(tcp(policies, other, address('10.9.9.9'), 80)).toBe(true);
  });
});

test('one peer with both selectors asks for both; two peers ask for either', () => {
  const namespaceSelector = { matchLabels: { project: 'myproject' } };
  const podSelector = { matchLabels: { role: 'frontend' } };
  const both = [policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector, podSelector }] }] })];
  const either = [policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector }, { podSelector }] }] })];
  const inBoth = pod('friend', { role: 'frontend' }, { namespaceLabels: { project: 'myproject' } });
  expect([inBoth, friend, frontend, away].map((from) => tcp(both, from, db, 80))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect([inBoth, friend, frontend, away].map((from) => tcp(either, from, db, 80))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

describe('the default policies of that page', () => {
  const denyIngress = policy({ podSelector: {}, policyTypes: ['Ingress'] });
  const allowIngress = policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
  const denyEgress = policy({ podSelector: {}, policyTypes: ['Egress'] });
  const allowEgress = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
  const denyAll = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

  test.each([
    ['none', [], true, true],
    ['default deny ingress', [denyIngress], false, true],
    ['allow all ingress beside it', [denyIngress, allowIngress], true, true],
    ['default deny egress', [denyEgress], true, false],
    ['allow all egress beside it', [denyEgress, allowEgress], true, true],
    ['default deny all', [denyAll], false, false],
    ['of another namespace', [{ ...denyAll, metadata: { name: 'x', namespace: 'x' } }], true, true],
  ])('%s', (_name, policies, into, out) => {
    expect(tcp(policies, away, db, 80)).toBe(into);
    expect(tcp(policies, db, away, 80)).toBe(out);
  });

  test('both ends have to agree', () => {
    const open = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{}] }, 'away');
    expect(tcp([denyAll, open], away, db, 80)).toBe(false);
    expect(tcp([denyAll, allowIngress, open], away, db, 80)).toBe(true);
  });
});

test('without policyTypes a policy isolates for ingress, and for egress where it has rules for it', () => {
  const bare = policy({ podSelector: {} });
  expect([tcp([bare], away, db, 80), tcp([bare], db, away, 80)]).toEqual([false, true]);
  const withEgress = policy({ podSelector: {}, egress: [{ ports: [{ port: 443 }] }] });
  expect([tcp([withEgress], db, away, 80), tcp([withEgress], db, away, 443)]).toEqual([false, true]);
});

test('namespaces are also selected by the name that Kubernetes labels them with, and by expressions', () => {
  const from = (namespaceSelector: object) => [
    policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector }] }] }),
  ];
  const named = from({ matchLabels: { 'kubernetes.io/metadata.name': 'away' } });
  expect([away, friend].map((party) => tcp(named, party, db, 80))).toEqual([true, false]);
  const expression = (operator: string, values?: string[]) =>
    from({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator, values }] });
  expect([away, friend].map((party) => tcp(expression('In', ['away', 'x']), party, db, 80))).toEqual([
    true,
    false,
  ]);
  expect([away, friend].map((party) => tcp(expression('NotIn', ['away']), party, db, 80))).toEqual([
    false,
    true,
  ]);
  expect(tcp(expression('Exists'), away, db, 80)).toBe(true);
  expect(tcp(expression('DoesNotExist'), away, db, 80)).toBe(false);
  expect(tcp(from({}), away, db, 80)).toBe(true);
});

test('ports: numbers, ranges, names of the destination, all of a protocol', () => {
  const served = pod('default', { role: 'served' }, { ports: [{ name: 'http', containerPort: 8080 }] });
  const on = (port: object) => [policy({ podSelector: {}, ingress: [{ ports: [port] }] })];
  expect([79, 80, 81].map((port) => tcp(on({ port: 80 }), away, served, port))).toEqual([false, true, false]);
  expect(
    [31999, 32000, 32768, 32769].map((port) => tcp(on({ port: 32000, endPort: 32768 }), away, served, port)),
  ).toEqual([false, true, true, false]);
  expect([80, 8080].map((port) => tcp(on({ port: 'http' }), away, served, port))).toEqual([false, true]);
  expect(tcp(on({ port: 'http' }), away, db, 8080)).toBe(false);
  expect(tcp(on({ port: 'http', protocol: 'UDP' }), away, served, 8080)).toBe(false);
  expect([
    udp(on({ protocol: 'UDP' }), away, served, 5),
    tcp(on({ protocol: 'UDP' }), away, served, 5),
  ]).toEqual([true, false]);
  const namedOut = [
    policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] }),
  ];
  expect([tcp(namedOut, db, served, 8080), tcp(namedOut, db, address('1.1.1.1'), 8080)]).toEqual([
    true,
    false,
  ]);
});

test('blocks of either family hold addresses of their own family, and pods by their address', () => {
  const to = (cidr: string, except?: string[]) => [
    policy({ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr, ...(except && { except }) } }] }] }),
  ];
  expect(tcp(to('0.0.0.0/0'), db, address('1.1.1.1'), 80)).toBe(true);
  expect(tcp(to('0.0.0.0/0'), db, address('2606:4700::1111'), 80)).toBe(false);
  expect(tcp(to('::/0', ['fc00::/7']), db, address('2606:4700::1111'), 80)).toBe(true);
  expect(tcp(to('::/0', ['fc00::/7']), db, address('fd00:ec2::254'), 80)).toBe(false);
  expect(tcp(to('::/0'), db, address('1.1.1.1'), 80)).toBe(false);
  expect(tcp(to('10.42.0.0/16'), db, away, 80)).toBe(true);
  expect(tcp(to('0.0.0.0/0', ['10.0.0.0/8']), db, away, 80)).toBe(false);
});
