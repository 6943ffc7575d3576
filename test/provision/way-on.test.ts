import { synthesize } from '../../lib/index.js';
import { wayOn } from '../../stacks/provision/way-on.js';
import { smallApplication } from '../support/application.js';

const synthesis = synthesize(
  smallApplication({ clusters: { main: {} }, environments: { staging: { cluster: 'main' } } }),
);
const machine = (name: string) => ({ name, address: '203.0.113.10', knownHosts: '.keelson/known_hosts' });
const server = { machine: machine('main-server-1'), role: 'server' } as const;
const agent = { machine: machine('main-builds'), role: 'agent' } as const;
const told = (name: string, ...machines: Parameters<typeof wayOn>[2]) =>
  wayOn(name, { name: 'main' }, machines, { synthesis });

test('who waits for a machine in vain is told its droplet, and what asks for it', () => {
  const { where, message } = told('main-server-1', server);
  expect(where).toBe('droplet main-server-1');
  expect(message).toMatch(/^npx keelson refresh --env staging finds out whether it is still there/);
  expect(message).not.toContain('--no-machines');
});

test('others go on without an agent, also without one that is dead', () => {
  const { message } = told('main-builds', server, agent);
  expect(message).toContain('npx keelson up --no-machines --env staging');
  expect(message).toMatch(
    /take it out of agents.*ssh .*root@203\.0\.113\.10 'k3s kubectl delete node main-builds'/,
  );
});
