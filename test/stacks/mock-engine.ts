import * as pulumi from '@pulumi/pulumi';

type Json = Readonly<Record<string, unknown>>;

/** A resource as the engine was told of it. */
export interface Registered {
  readonly name: string;
  readonly type: string;
  readonly props: Json;
  readonly options: pulumi.CustomResourceOptions;
  /** With every Output resolved; a mocked engine does not keep secrets apart. */
  readonly inputs: Json & { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } };
}

export interface MockRun<T> {
  readonly result: T;
  readonly resources: readonly Registered[];
  readonly objects: readonly Registered[];
  /** @throws where no resource has this name */
  readonly find: (name: string) => Registered;
}

export interface MockOptions {
  /** @default false */
  readonly preview?: boolean;
  /** @default none */
  readonly config?: Readonly<Record<string, string>>;
  /** Which of them are encrypted. @default none */
  readonly secretKeys?: readonly string[];
  /** Outputs of other stacks. @default none */
  readonly stackOutputs?: Json;
}

/** Runs a program in stack `stack` of project `project`, without an engine. */
export async function mockEngine<T>(program: () => T, options: MockOptions = {}): Promise<MockRun<T>> {
  const { preview = false, config = {}, secretKeys = [], stackOutputs = {} } = options;
  const seen: Omit<Registered, 'inputs'>[] = [];
  const inputs = new Map<string, Registered['inputs']>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs: given }) => {
        inputs.set(`${type} ${name}`, given);
        const isReference = type === 'pulumi:pulumi:StackReference';
        return { id: name, state: isReference ? { ...given, outputs: stackOutputs } : given };
      },
      call: ({ inputs: given }) => given,
    },
    'project',
    'stack',
    preview,
  );
  pulumi.runtime.setAllConfig({ ...config }, [...secretKeys]);
  let result: { readonly value: T } | { readonly error: unknown } | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ name, type, props, opts }) => {
      seen.push({ name, type, props, options: opts });
      return undefined;
    });
    try {
      result = { value: program() };
    } catch (error) {
      result = { error };
    }
  });
  await pulumi.runtime.disconnect();
  if (!result) throw new Error('the program did not run');
  if ('error' in result) throw result.error;
  const resources = seen.map((resource) => ({
    ...resource,
    inputs: inputs.get(`${resource.type} ${resource.name}`) as Registered['inputs'],
  }));
  const find = (name: string): Registered => {
    const found = resources.find((resource) => resource.name === name);
    if (!found)
      throw new Error(`${name} is not among ${resources.map((resource) => resource.name).join(', ')}`);
    return found;
  };
  return {
    result: result.value,
    resources,
    objects: resources.filter(({ type }) => type.startsWith('kubernetes:')),
    find,
  };
}
