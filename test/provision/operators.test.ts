import { overlap } from '../../lib/machine/network.js';
import { inboundRules } from '../../stacks/digitalocean/firewall-rules.js';
import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { nodeOf } from '../../stacks/provision/node-of.js';
import { newSshKeyPair } from '../../stacks/provision/ssh-key-pair.js';
import { evaluated } from '../nixos/evaluate.js';
import { MACHINES } from '../nixos/machines.js';
import { describeWith } from '../nixos/tools.js';
import { smallApplication } from '../support/application.js';
import { FIRST_SERVER } from './first-server.js';

/*
 * An operator moves from one address to another. `up` tells the provider's firewall first, and then the machine, over
 * SSH from the new address: the machine must let that in by the rules that it was given for the old one.
 */
const [OLD, NEW] = ['203.0.113.7/32', '198.51.100.4/32'] as const;
const { publicKey } = newSshKeyPair('keelson-main');

function nodeFor(...operatorCidrs: string[]) {
  const machines = { region: 'fra1', operatorCidrs, sshKeys: { ada: publicKey } };
  const { definition } = smallApplication({ clusters: { main: { machines } } });
  const [main] = clustersToMake(definition, ['main']);
  if (main === undefined) throw new Error('there is no cluster to make');
  return nodeOf(main, FIRST_SERVER, { publicKey });
}

/** Whether the rules of a machine let a connection to port 22 in; what no rule accepts is refused. */
const admits = (rules: string, from: string): boolean =>
  [...rules.matchAll(/^iptables -A nixos-fw -p tcp -s (\S+) --dport 22 -j nixos-fw-accept$/gm)].some(
    ([, cidr = '']) => overlap(cidr, from),
  );

test('the provider’s firewall lets the new address in, and the old one no longer', () => {
  const ssh = (...cidrs: string[]) => inboundRules('main', cidrs).find(({ portRange }) => portRange === '22');
  expect(ssh(NEW)?.sourceAddresses).toEqual([NEW]);
});

test('a machine is the same for operators at any address', () => {
  expect(nodeFor(NEW)).toEqual(nodeFor(OLD));
});

describeWith('nix-instantiate', 'nix-bin')('the firewall of a machine', () => {
  test('made for operators at one address, it lets the others in; a machine without a provider’s filters itself', () => {
    const { made, byHand } = evaluated({ made: nodeFor(OLD), byHand: MACHINES.single });
    const rules = made?.firewall.extraCommands ?? '';
    expect([OLD, NEW].map((address) => admits(rules, address))).toEqual([true, true]);
    expect(rules).toContain('ip6tables -A nixos-fw -p tcp -s ::/0 --dport 22 -j nixos-fw-accept');
    const own = byHand?.firewall.extraCommands ?? '';
    expect(['192.0.2.7/32', NEW].map((address) => admits(own, address))).toEqual([true, false]);
    expect(made?.ssh).toMatchObject({
      settings: { PasswordAuthentication: false, KbdInteractiveAuthentication: false },
    });
  });
});
