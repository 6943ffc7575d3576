import type { Command } from 'commander';

/** The options that preview, up and destroy share. */
export const addTargetOptions = (command: Command): Command =>
  command
    .option('--env <name...>', 'environments (default: the first, on the embedded control plane)')
    .option('--kubeconfig <file>', 'a cluster of your own: its kubeconfig …')
    .option('--context <name>', '… and the context in it')
    .option('--embedded', 'use the embedded control plane, whatever the environment');
