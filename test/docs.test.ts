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
  expect(shown.filter(({ words }) => words.some((word) => !targets.includes(word)))).toEqual([]);
});

test('every keelson verb and option that a page shows is one of the command line', () => {
  const help = (...verb: string[]) => run(process.execPath, ['bin/keelson.js', ...verb, '--help'], ROOT);
  const verbs = [...help().matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, verb = '']) => verb);
  const options = new Map<string, readonly string[]>();
  const optionsOf = (verb: string) => {
    const known = options.get(verb) ?? help(verb).match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
    options.set(verb, known);
    return known;
  };
  const wrong = mentions.filter(({ program, words: [verb = '', ...rest] }) => {
    if (program !== 'keelson' || verb.startsWith('-')) return false;
    if (!verbs.includes(verb)) return true;
    return rest.some((word) => word.startsWith('-') && !optionsOf(verb).includes(word));
  });
  expect(mentions.filter(({ program }) => program === 'keelson').length).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
});
