import type { StepEventMetadata } from '@pulumi/pulumi/automation';

/** Where resources hang, as the engine tells it step by step. */
export class ResourcePaths {
  private readonly parents = new Map<string, string>();

  add({ urn, new: after, old: before }: StepEventMetadata): void {
    const parent = (after ?? before)?.parent;
    if (parent) this.parents.set(urn, parent);
  }

  /**
   * Names from the application down to the component that a resource belongs to: `lunch`, `cert-manager`. What a
   * component calls after the application is the environment's.
   */
  pathTo(urn: string): readonly string[] {
    const [stack = '', application = ''] = urn.slice('urn:pulumi:'.length).split('::');
    const names: string[] = [];
    for (let at = this.parents.get(urn); at && !isStack(at); at = this.parents.get(at))
      names.unshift(at.split('::').slice(3).join('::'));
    const labels = names.map((name, index) => within(name, names[index - 1]));
    const below = labels[0] === application ? labels.slice(1) : labels;
    return [application, ...below.map((label) => (label === application ? stack : label))];
  }
}

/** `lunch/cert-manager` below `lunch` is `cert-manager`. */
const within = (name: string, parent: string | undefined): string =>
  parent !== undefined && name.startsWith(`${parent}/`) ? name.slice(parent.length + 1) : name;

const isStack = (urn: string): boolean => urn.split('::')[2] === 'pulumi:pulumi:Stack';
