import type { Command } from 'commander';
import type { TargetOptions } from './target.js';

/** The options that all verbs which reach a cluster share. */
export const addTargetOptions = (command: Command): Command =>
  command
    .option('--env <name...>', 'environments (default: the first, on the embedded control plane)')
    .option('--kubeconfig <file>', 'a cluster of your own: its kubeconfig …')
    .option('--context <name>', '… and the context in it')
    .option('--embedded', 'use the embedded control plane, whatever the environment')
    .option('--json', 'write one JSON document to standard output, and everything else to standard error');

/** What hands an object over to the stacks that a command with these options is about. */
export const importCommand =
  ({ env = [], kubeconfig, context, embedded }: TargetOptions) =>
  (object: string): string =>
    [
      `npx keelson import ${object}`,
      ...env.flatMap((name) => ['--env', name]),
      ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
      ...(context === undefined ? [] : ['--context', context]),
      ...(embedded ? ['--embedded'] : []),
    ].join(' ');
