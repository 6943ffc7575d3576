import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineApplication, Service } from 'keelson';

/** What the rehearsal edits, as a person would edit this file. */
const { agents, keys, machines, managed, name, tag } = JSON.parse(
  readFileSync(join(__dirname, 'edits.json'), 'utf8'),
);
const made = {
  machines: {
    region: 'fra1',
    zone: 'example.com',
    operatorCidrs: ['203.0.113.7/32'],
    sshKeys: keys,
    agents,
    ...machines,
  },
};

export default defineApplication({
  name,
  domain: 'rehearsal.example.com',
  contact: 'ops@example.com',
  clusters: { main: managed ? { managed, ingress: 'none' } : made },
  environments: {
    staging: { cluster: 'main', issuer: 'self-signed' },
    production: { cluster: 'main', domain: 'elsewhere.example.org', issuer: 'self-signed' },
  },
  services: (env) => {
    new Service(env, 'web', { image: `example.com/web:${tag}`, ports: { http: 8080 }, host: 'www' });
  },
});
