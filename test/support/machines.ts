import type { MachinesSettings } from '../../lib/config/machines-schema.js';

/** The machines of an application, as it would write them. */
export const machines = (changes: Partial<MachinesSettings>) => ({
  region: 'fra1',
  zone: 'example.com',
  operatorCidrs: ['203.0.113.7/32'],
  sshKeys: { ada: `ssh-ed25519 ${'A'.repeat(68)} ada@example.com` },
  ...changes,
});
