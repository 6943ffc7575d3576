import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { readWorkflow } from '../support/workflow.js';
import { describeWith, type Outcome, run, temporaryFolders } from './tools.js';

/*
 * flake.nix with stand-ins for its inputs: what it does itself is evaluated, what nixpkgs does with it only in CI, by
 * the job `nixos`.
 */

const temporaryFolder = temporaryFolders();

/** @param expression of `outputs` */
function evaluate(folder: string, expression: string): Outcome {
  const flake = `let
    lib = import ${folder}/test/evaluator // { nixosSystem = throw "nixosSystem is nixpkgs' own"; };
    outputs = (import ${folder}/flake.nix).outputs {
      self = outputs;
      nixpkgs = {
        inherit lib;
        legacyPackages = lib.genAttrs [ "x86_64-linux" ] (_: { writeText = name: text: { inherit name text; }; });
      };
      crate2nix = { };
    };
  in ${expression}`;
  return run('nix-instantiate', ['--eval', '--strict', '--json', '--expr', flake], {
    env: { NIX_REMOTE: 'dummy://' },
  });
}

describeWith('nix-instantiate', 'nix-bin')('the flake', () => {
  const CHECK = 'builtins.fromJSON outputs.checks.x86_64-linux.modules.text';

  test('has a check of the modules, which fails where a machine breaks an assertion', () => {
    const folder = temporaryFolder();
    cpSync(join(ROOT, 'nixos'), folder, { recursive: true });
    expect(JSON.parse(evaluate(folder, CHECK).stdout)).toMatchObject({ example: { failed: [] } });
    const file = join(folder, 'node.example.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), sshKeys: [] }));
    const { status, stderr } = evaluate(folder, CHECK);
    expect(status).not.toBe(0);
    expect(stderr).toContain('without sshKeys and operatorCidrs nobody could log in any more');
  });

  test('has everything that CI evaluates with nixpkgs, and CI leaves no check but those out that are built', () => {
    const { steps = [] } = readWorkflow(join(ROOT, '.github/workflows/ci.yml')).jobs.nixos ?? {};
    const script = steps.map(({ run: text = '' }) => text).join('\n');
    const named = script.match(/\b(checks|packages|devShells)\.x86_64-linux\.[\w-]+/g) ?? [];
    for (const one of named)
      expect([one, evaluate(join(ROOT, 'nixos'), `outputs ? ${one}`).stdout.trim()]).toEqual([one, 'true']);
    const { stdout } = evaluate(join(ROOT, 'nixos'), 'builtins.attrNames outputs.checks.x86_64-linux');
    const checks = (JSON.parse(stdout) as string[]).filter((name) => name !== 'worker');
    expect(named).toEqual(expect.arrayContaining(checks.map((name) => `checks.x86_64-linux.${name}`)));
  });
});
