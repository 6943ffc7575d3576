import lunch from '../../examples/lunch/app.js';
import { synthesize } from '../../lib/index.js';
import { objectsOf, objectsToApply, objectsToDelete } from '../../stacks/selected-objects.js';

const local = { environments: ['local'] };
const kindsOf = (names: readonly string[] = []) => names.map((name) => name.split('/').slice(1).join('/'));

describe('objectsToApply', () => {
  it("is a service's own objects with its secrets, and nothing of the cluster", () => {
    const found = objectsToApply(lunch, { ...local, services: ['web'] });
    expect([...found.keys()]).toEqual(['local']);
    const names = kindsOf(found.get('local'));
    expect(names).toEqual(expect.arrayContaining(['Secret/web', 'Deployment/web', 'Ingress/web']));
    expect(names).not.toContain('StatefulSet/sessions');
  });

  it('is with deep also what it uses', () => {
    const found = objectsToApply(lunch, { ...local, services: ['web'], deep: true });
    expect(kindsOf(found.get('local'))).toContain('StatefulSet/sessions');
  });

  it('names objects as the stack does', () => {
    const whole = synthesize(lunch, local).stacks.flatMap(objectsOf);
    const part = objectsToApply(lunch, { ...local, services: ['web', 'sessions'] }).get('local') ?? [];
    expect(part.filter((name) => !whole.includes(name))).toEqual([]);
  });

  it('refuses a service that there is not', () => {
    expect(() => objectsToApply(lunch, { ...local, services: ['wep'] })).toThrow('did you mean "web"?');
  });
});

describe('objectsToDelete', () => {
  it('leaves what the others have', () => {
    const gone = objectsToDelete(lunch, { ...local, services: ['web'] }).get('local') ?? [];
    const others = objectsToApply(lunch, { ...local, services: ['sessions'] }).get('local') ?? [];
    expect(kindsOf(gone)).toEqual(expect.arrayContaining(['Secret/web', 'Deployment/web']));
    expect(gone.filter((name) => others.includes(name))).toEqual([]);
  });

  it('leaves a secret that another service needs too', () => {
    const staging = { environments: ['staging'] };
    const whole = synthesize(lunch, staging).stacks.find(({ name }) => name === 'staging');
    expect(whole?.secrets.map(({ name }) => name)).toContain('redis-cloud');
    const all = objectsToDelete(lunch, { ...staging, services: ['web'] }).get('staging') ?? [];
    const kept = objectsToApply(lunch, { ...staging, services: ['sessions'] }).get('staging') ?? [];
    expect(all.filter((name) => kept.includes(name))).toEqual([]);
  });
});
