/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^keelson$': '<rootDir>/lib/index.ts',
    '^keelson/custom-resources$': '<rootDir>/lib/generated/custom-resources/index.ts',
    '^keelson/stacks/machine$': '<rootDir>/stacks/machine/index.ts',
    '^keelson/stacks/digitalocean$': '<rootDir>/stacks/digitalocean/index.ts',
    '^keelson/stacks$': '<rootDir>/stacks/index.ts',
    '/typescript-shim$|^@npmcli/arborist$': '<rootDir>/test/support/not-loaded.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.keelson/'],
};

/** Tests that run more than npm brings: the Pulumi engine, a control plane, a browser, a registry, Redis, Go. */
const RUN_PROGRAMS = [
  '/test/engine/.*\\.test\\.ts$',
  '/test/graph/(page|command)\\.test\\.ts$',
  '/test/score/.*\\.test\\.ts$',
  '/test/.*-process\\.test\\.ts$',
];

/** Tests that npm is enough for, but that compile, start Node, wait or search for seconds each. */
const TAKE_SECONDS = [
  '/test/(docs-examples|network-policies|lint|count-reporter)\\.test\\.ts$',
  '/test/package/.*\\.test\\.ts$',
  '/test/cli/(keelson|user-data)\\.test\\.ts$',
  '/test/diff/(formats|robust)\\.test\\.ts$',
  '/test/embedded/(lock|pki|kubernetes-provider-(configuration|create))\\.test\\.ts$',
  '/test/lib/yaml\\.test\\.ts$',
  '/test/nixos/cloud-init\\.test\\.ts$',
  '/test/stacks/(application|held-state|planned-machines)\\.test\\.ts$',
];

const ENGINE = [...RUN_PROGRAMS, ...TAKE_SECONDS];

/** `fast` needs npm alone, and takes seconds; `engine` is everything else. */
module.exports = {
  reporters: ['default', '<rootDir>/test/support/count-reporter.js'],
  testSequencer: '<rootDir>/test/support/suite-order.js',
  // For what hangs. Jest's own 5 seconds are less than a busy machine may stand still.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...ENGINE],
    },
    {
      ...common,
      displayName: 'engine',
      testRegex: ENGINE,
      globalSetup: '<rootDir>/test/engine/common-control-plane/set-up.js',
      globalTeardown: '<rootDir>/test/engine/common-control-plane/tear-down.js',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
    },
  ],
};
