import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const APPLICATION = `
import { defineApplication, Redis, Service, secretRef } from 'keelson';

export default defineApplication({
  name: 'shop',
  domain: 'shop.example.com',
  contact: 'ops@example.com',
  clusters: { main: { certManager: false, ingress: 'none' } },
  environments: {
    staging: { cluster: 'main', access: PEOPLE },
    production: { cluster: 'main' },
  },
  personal: { cluster: 'main' },
  people: ['ada', 'grace'],
  services(env) {
    const cache = new Redis(env, 'cache');
    new Service(env, 'web', {
      image: 'example.com/web:1.0.0',
      ports: { http: 8080 },
      host: 'www',
      uses: [cache],
      env: { KEY: secretRef('web', 'key', { generate: true }) },
    });
  },
});
`;

/** Writes an application with two environments and two people, of whom the given ones may enter staging. */
export function writeApplication(folder: string, people: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "keelson": { "application": "app.ts" } }');
  writeFileSync(join(folder, 'app.ts'), APPLICATION.replace('PEOPLE', JSON.stringify(people)));
}
