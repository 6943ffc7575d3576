import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, codeOf, linksOf, type Page, pages } from './support/markdown.js';
import { run } from './support/packed.js';
import { ROOT } from './support/repository.js';

const PAGES = pages();

/** Where a word of a command ends that names a verb: `make up`, `npx keelson synth --env local # …`. */
const COMMAND = /^(?:\$ )?(?:(?:npx )?(keelson)|(make))((?: [A-Za-z0-9][\w-]*| --?[\w-]+)*)/;

interface Mention {
  readonly page: string;
  readonly program: string;
  readonly words: readonly string[];
}

const mentions: readonly Mention[] = PAGES.flatMap((page) =>
  codeOf(page).flatMap((line) =>
    line.split('&&').flatMap((part) => {
      const [, keelson, make, rest = ''] = COMMAND.exec(part.trim()) ?? [];
      const words = rest.split(' ').filter(Boolean);
      const program = keelson ?? make;
      return program && words.length > 0 ? { page: page.path, program, words } : [];
    }),
  ),
);

interface HelpPage {
  readonly verbs: readonly string[];
  readonly options: readonly string[];
}

/** What the help of each verb names, of all at once: to start the command line for each takes half a second. */
const COMMANDS = `
const all = {};
const walk = (command, verb) => {
  const help = command.createHelp();
  const verbs = help.visibleCommands(command).map((one) => one.name());
  const options = help.visibleOptions(command).flatMap(({ short, long }) => [short, long]).filter(Boolean);
  all[verb.join(' ')] = { verbs, options };
  for (const one of command.commands) walk(one, [...verb, one.name()]);
};
walk(require('./dist/cli/main.js').createProgram(), []);
console.log(JSON.stringify(all));`;

function brokenLinks(page: Page): string[] {
  return linksOf(page).filter((link) => {
    if (/^[a-z]+:/i.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path ? join(dirname(page.path), path) : page.path;
    if (!existsSync(join(ROOT, target))) return true;
    const there = PAGES.find(({ path }) => path === target.replaceAll('\\', '/'));
    return anchor !== undefined && there !== undefined && !anchorsOf(there).includes(anchor);
  });
}

test.each(PAGES.map((page) => [page.path, page] as const))(
  '%s: every relative link resolves',
  (_path, page) => {
    expect(brokenLinks(page)).toEqual([]);
  },
);

test('every make verb that a page shows is in the Makefile', () => {
  const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8');
  const targets = [...makefile.matchAll(/^([a-z][a-z-]*):/gm)].map(([, target]) => target);
  const shown = mentions.filter(({ program }) => program === 'make');
  expect(shown.map(({ words }) => words[0])).toEqual(expect.arrayContaining(['up', 'test']));
  expect(
    shown.filter(({ words }) => words.some((word) => word !== 'ARGS' && !targets.includes(word))),
  ).toEqual([]);
});

test('every keelson verb and option that a page shows is one of the command line', () => {
  const commands = JSON.parse(run(process.execPath, ['-e', COMMANDS], ROOT)) as Record<string, HelpPage>;
  const pageOf = (verb: readonly string[]): HelpPage =>
    commands[verb.join(' ')] ?? { verbs: [], options: [] };
  /** A verb with its own verbs, as far as the words go: `ci report`. */
  const verbOf = (words: readonly string[], verb: readonly string[] = []): readonly string[] => {
    const [word = ''] = words;
    return pageOf(verb).verbs.includes(word) ? verbOf(words.slice(1), [...verb, word]) : verb;
  };
  const wrong = mentions.filter(({ program, words }) => {
    if (program !== 'keelson' || words[0]?.startsWith('-')) return false;
    const verb = verbOf(words);
    const { options } = pageOf(verb);
    return verb.length === 0 || words.some((word) => word.startsWith('-') && !options.includes(word));
  });
  expect(mentions.filter(({ program }) => program === 'keelson').length).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
});
