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
  expect(
    shown.filter(({ words }) => words.some((word) => word !== 'ARGS' && !targets.includes(word))),
  ).toEqual([]);
});

test('every keelson verb and option that a page shows is one of the command line', () => {
  const help = (...verb: string[]) => run(process.execPath, ['bin/keelson.js', ...verb, '--help'], ROOT);
  const pageOf = new Map<string, string>();
  const read = (verb: readonly string[]) => {
    const key = verb.join(' ');
    const page = pageOf.get(key) ?? help(...verb);
    pageOf.set(key, page);
    return page;
  };
  const verbsIn = (page: string) =>
    [...page.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, verb = '']) => verb);
  /** A verb with its own verbs, as far as the words go: `ci report`. */
  const verbOf = (words: readonly string[], verb: readonly string[] = []): readonly string[] => {
    const [word = ''] = words;
    const commands = read(verb).split(/^Commands:$/m)[1] ?? '';
    return verbsIn(commands).includes(word) ? verbOf(words.slice(1), [...verb, word]) : verb;
  };
  const wrong = mentions.filter(({ program, words }) => {
    if (program !== 'keelson' || words[0]?.startsWith('-')) return false;
    const verb = verbOf(words);
    const options: readonly string[] = read(verb).match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
    return verb.length === 0 || words.some((word) => word.startsWith('-') && !options.includes(word));
  });
  expect(mentions.filter(({ program }) => program === 'keelson').length).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
});
