import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import { type Environment, synthesize } from '../lib/index.js';
import { applicationAround, compile, documentedModule, evaluate } from './support/documented-code.js';
import { blocksOf, pages } from './support/markdown.js';

const modules = pages().flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'ts')
    .map((block) => documentedModule(block, page)),
);

describe('TypeScript that a page shows', () => {
  const folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'keelson-docs-'));
  const here = process.cwd();
  let problems: Map<string, string[]>;

  beforeAll(() => {
    problems = compile(modules);
    // An example may write manifests.
    process.chdir(folder);
  }, 60_000);

  afterAll(() => {
    process.chdir(here);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test.each(modules.map(({ name }) => name))('%s compiles', (name) => {
    expect(problems.get(name)).toEqual([]);
  });

  // A Pulumi program needs an engine around it; test/engine has such programs.
  const runnable = modules.filter(({ source }) => !/from '(@pulumi|keelson\/stacks)/.test(source));
  test.each(runnable.map((one) => [one.name, one] as const))('%s runs without a problem', (_name, module) => {
    const apps: cdk8s.App[] = [];
    class App extends cdk8s.App {
      constructor(props?: cdk8s.AppProps) {
        super(props);
        apps.push(this);
      }
    }
    const replaced: Readonly<Record<string, unknown>> = {
      cdk8s: { ...cdk8s, App },
      // It may write when nobody looks any more.
      'node:fs': { ...fs, writeFileSync: () => {} },
    };
    const { default: application, services } = evaluate(module, (id) => replaced[id] ?? require(id));
    const body = (env: Environment) => services?.(env, new cdk8s.Chart(new App(), 'theirs'));
    const whole = services ? applicationAround(body, module) : application;
    if (whole) expect(synthesize(whole).stacks.length).toBeGreaterThan(0);
    for (const app of apps) {
      expect(app.node.findAll().flatMap(({ node }) => node.validate())).toEqual([]);
      for (const chart of app.charts) chart.toJson();
    }
  });
});
