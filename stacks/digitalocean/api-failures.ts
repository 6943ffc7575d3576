import type { Problem } from '../../lib/config/problem.js';

/** What DigitalOcean says when it refuses, and what a person does about it. */
export interface ApiFailure {
  readonly pattern: RegExp;
  readonly explain: (match: RegExpMatchArray, stack: string) => Problem;
}

/** What has a name that an account has once, by its path in the API. */
const NAMED: Readonly<
  Record<string, { readonly what: string; readonly type: string; readonly doctl: string }>
> = {
  vpcs: { what: 'private network', type: 'digitalocean:index/vpc:Vpc', doctl: 'vpcs' },
  firewalls: { what: 'firewall', type: 'digitalocean:index/firewall:Firewall', doctl: 'compute firewall' },
  volumes: { what: 'volume', type: 'digitalocean:index/volume:Volume', doctl: 'compute volume' },
  tags: { what: 'tag', type: 'digitalocean:index/tag:Tag', doctl: 'compute tag' },
  load_balancers: {
    what: 'load balancer',
    type: 'digitalocean:index/loadBalancer:LoadBalancer',
    doctl: 'compute load-balancer',
  },
  'kubernetes/clusters': {
    what: 'cluster',
    type: 'digitalocean:index/kubernetesCluster:KubernetesCluster',
    doctl: 'kubernetes cluster',
  },
};

/** The first that fits is the reason. */
export const API_FAILURES: readonly ApiFailure[] = [
  {
    pattern: /401[^\n]*Unable to authenticate you/,
    explain: (_, stack) => ({
      where: 'digitalocean:token',
      message: `is refused: it is mistyped, has ended or was deleted. Make one at https://cloud.digitalocean.com/account/api/tokens and set it: pulumi config set --secret --stack ${stack} digitalocean:token`,
    }),
  },
  {
    pattern: /missing the required permission ([\w:]+)/,
    explain: ([, scope]) => ({
      where: 'digitalocean:token',
      message: `lacks the scope ${scope}; make a token that has it at https://cloud.digitalocean.com/account/api/tokens`,
    }),
  },
  {
    pattern: /will exceed your droplet limit/,
    explain: () => ({
      where: 'droplets',
      message:
        'are more than the account may have; ask DigitalOcean’s support for a higher limit, or use fewer machines. The same command goes on from here',
    }),
  },
  {
    pattern: /Size is not available in this region/,
    explain: () => ({
      where: 'size',
      message:
        'is not to be had in this region; doctl compute size list says what is. Choose another size: nothing that lives has to move',
    }),
  },
  {
    pattern: /Domain name already exists/,
    explain: () => ({
      where: 'zone',
      message: 'is in the account already; set createZone: false, and its records are made in it',
    }),
  },
  {
    pattern: /SSH Key is already in use on your account/,
    explain: (_, stack) => ({
      where: 'sshKeys',
      message: `are in the account already, under another name; take the key over: pulumi import --stack ${stack} digitalocean:index/sshKey:SshKey NAME ID (doctl compute ssh-key list)`,
    }),
  },
  {
    pattern: /overlaps with another VPC network/,
    explain: () => ({
      where: 'ipRange',
      message:
        'overlaps another private network of the account; give a range of its own, such as 10.111.0.0/20',
    }),
  },
  {
    // "409 … already exists", "409 … duplicate name"; the general one, after those that have a mend of their own.
    pattern:
      /POST \S+\/v2\/([\w/]+): (?:409|422)[^\n]*(?:already exists|exists already|already in use|duplicate name|(?:must be|not) unique|same name|been taken)/i,
    explain: ([, path = ''], stack) => {
      const { what, type, doctl } = NAMED[path] ?? { what: path, type: 'TYPE', doctl: 'compute' };
      return {
        where: `name of the ${what}`,
        message: `is taken in the account: another application has a cluster of this name, or a run that was cut off left it. Applications that share an account give their clusters names of their own. To take it over where it is yours: pulumi import --stack ${stack} ${type} NAME ID (doctl ${doctl} list); to give it up, delete it in the control panel`,
      };
    },
  },
  {
    pattern: /Rate limit exceeded/,
    explain: () => ({
      where: 'DigitalOcean',
      message: 'has had too many requests of this token; the same command goes on after a few minutes',
    }),
  },
  {
    // The bridge of Pulumi's plugin says so of what an update does not find.
    pattern: /did not exist while updating (\S+)/,
    explain: ([, urn = ''], stack) => ({
      where: urn.split('::').at(-1)?.replace(/[.,]$/, '') ?? urn,
      message: `is in the state and gone from the account, lost or deleted by somebody. Let the state know with keelson refresh (in a program of your own: pulumi refresh --stack ${stack}); the same command then makes a new one`,
    }),
  },
  {
    pattern: /waiting for droplet \((\d+)\) to become ready: couldn't find resource/,
    explain: ([, id]) => ({
      where: `droplet ${id}`,
      message:
        'was lost while it was made; the same command makes a new one, after keelson refresh where it says that this one is gone',
    }),
  },
  {
    pattern: /waiting for droplet \((\d+)\) to become ready/,
    explain: ([, id]) => ({
      where: `droplet ${id}`,
      message: `does not start; look at it: https://cloud.digitalocean.com/droplets/${id}/console. It is kept, and the same command goes on with it`,
    }),
  },
  {
    pattern: /can only be expanded and not shrunk/,
    explain: () => ({ where: 'dataVolume', message: 'can only grow; give at least what it has' }),
  },
];

/** Why DigitalOcean refused, in words that say what to do; undefined where the text is none of its own. */
export function explainApiFailure(text: string, stack: string): Problem | undefined {
  for (const { pattern, explain } of API_FAILURES) {
    const match = pattern.exec(text);
    if (match) return explain(match, stack);
  }
  return undefined;
}
