import {
  type ApplicationInput,
  type ApplicationSettings,
  parseApplication,
} from './config/application-schema.js';
import type { Environment } from './constructs/environment.js';

type Typed<S, E> = Omit<E, 'settings'> & (unknown extends S ? { settings?: S } : { settings: S });
type EnvironmentInput = ApplicationInput['environments'][string];

/** What {@link defineApplication} takes; `S` is the type of every environment's `settings`. */
export type ApplicationDefinition<S> = Omit<ApplicationInput, 'environments' | 'personal' | 'services'> & {
  environments: Record<string, Typed<S, EnvironmentInput>>;
  personal?: Typed<S, EnvironmentInput>;
  services: (environment: Environment<S>) => void;
};

/** A checked application: what `keelson`, `cdk8s synth` and `pulumi up` load as a module's default export. */
export class Application {
  constructor(
    readonly definition: Omit<ApplicationSettings, 'services'> & {
      readonly services: (environment: Environment<never>) => void;
    },
  ) {}

  get name(): string {
    return this.definition.name;
  }
}

/**
 * Checks an application and returns it, to be a module's default export.
 *
 * @throws KeelsonError with all problems at once.
 * @example
 * export default defineApplication({
 *   name: 'lunch', domain: 'lunch.example.com', contact: 'ops@example.com',
 *   clusters: { main: {} },
 *   environments: { staging: { cluster: 'main' } },
 *   services: (env) => { new Service(env, 'web', { image: 'example.com/web:1.0.0', ports: { http: 8080 } }) },
 * });
 */
export function defineApplication<S = unknown>(definition: ApplicationDefinition<S>): Application {
  const settings = parseApplication(definition);
  return new Application({
    ...settings,
    services: definition.services as (environment: Environment<never>) => void,
  });
}
