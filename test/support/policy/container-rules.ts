import { containerRule, podRule, type Rule, unless } from './rule.js';

const LONG_RUNNING = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'];

const REQUESTS = ['cpu', 'memory', 'ephemeral-storage'];
/** No CPU limit: it would throttle a container on a machine that has nothing else to do. */
const LIMITS = ['memory', 'ephemeral-storage'];

const CREDENTIAL = /PASSWORD|TOKEN|SECRET|KEY/i;
/** `$(NAME)`, which Kubernetes replaces by another variable's value. */
const ONLY_REFERENCES = /^(\$\([A-Za-z_]\w*\))*$/;
const CREDENTIAL_IN_URL = /:\/\/[^/\s@]*:(?!\$\()[^/\s@]+@/;

/** What a container asks for, which image it is, how it is watched, and that it carries no credential. */
export const containerRules: readonly Rule[] = [
  containerRule('requests', ({ resources }) =>
    REQUESTS.filter((name) => resources?.requests?.[name] === undefined).map(
      (name) => `resources.requests.${name} is missing`,
    ),
  ),
  containerRule('limits', ({ resources }) =>
    LIMITS.filter((name) => resources?.limits?.[name] === undefined).map(
      (name) => `resources.limits.${name} is missing`,
    ),
  ),
  // A container without ports answers nobody: when its process ends, it is started anew.
  podRule('probes', ({ owner, spec }) =>
    LONG_RUNNING.includes(owner.kind)
      ? spec.containers
          .filter(({ ports = [] }) => ports.length > 0)
          .flatMap((container) =>
            (['readinessProbe', 'livenessProbe'] as const)
              .filter((probe) => container[probe] === undefined)
              .map((probe) => `container ${container.name}: ${probe} is missing`),
          )
      : [],
  ),
  containerRule('image', ({ image = '' }) => {
    const [, tag, digest] = /^[^\s@]+?(?::([^/:@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
    return [
      ...unless(tag !== undefined || digest !== undefined, `image "${image}" has neither tag nor digest`),
      ...unless(tag !== 'latest', `image "${image}" says "latest", which names no version`),
    ];
  }),
  containerRule('pull-policy', ({ imagePullPolicy }) =>
    unless(imagePullPolicy !== undefined, 'imagePullPolicy is missing; its default depends on the tag'),
  ),
  containerRule('credentials', ({ env = [] }) =>
    env
      .filter(
        ({ name, value = '' }) =>
          (CREDENTIAL.test(name) && !ONLY_REFERENCES.test(value)) || CREDENTIAL_IN_URL.test(value),
      )
      .map(({ name }) => `variable ${name} looks like a credential in clear; refer to a Secret`),
  ),
];
