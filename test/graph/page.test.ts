import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Graph } from '../../lib/graph/graph.js';
import { graphHtml } from '../../lib/graph/html.js';
import { findChromium } from './browser.js';
import { clippedLabels, lowContrast, overlappingLabels } from './labels.js';
import { large, longNames, small, tiny } from './samples.js';

const SAMPLES: Readonly<Record<string, () => Graph>> = { tiny, small, large, longNames };
const TELEPHONE = { width: 390, height: 844 };
const SCREEN = { width: 1280, height: 800 };

const executablePath = findChromium();
if (!executablePath)
  console.warn('No Chromium on the PATH nor in CHROMIUM: the page is not tested in a browser.');
const inBrowser = executablePath ? describe : describe.skip;

jest.setTimeout(60_000);

inBrowser('the page in a browser', () => {
  let folder: string;
  let browser: Browser;
  let page: Page | undefined;
  /** Whatever the page asked for, or complained of. */
  let noise: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-graph-'));
    for (const [name, sample] of Object.entries(SAMPLES))
      writeFileSync(join(folder, `${name}.html`), await graphHtml(sample()));
    browser = await chromium.launch({ ...(executablePath && { executablePath }) });
  });

  afterEach(async () => {
    await page?.close();
    page = undefined;
    expect(noise).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Options {
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly javaScriptEnabled?: boolean;
    readonly hash?: string;
  }

  async function open(
    name: string,
    { viewport = SCREEN, hash = '', ...options }: Options = {},
  ): Promise<Page> {
    const url = pathToFileURL(join(folder, `${name}.html`)).href;
    page = await browser.newPage({ viewport, reducedMotion: 'reduce', ...options });
    noise = [];
    page.on('console', (message) => noise.push(message.text()));
    page.on('pageerror', (error) => noise.push(String(error)));
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url && !request.url().startsWith('data:'))
        noise.push(request.url());
    });
    await page.goto(url + hash);
    return page;
  }

  /** The id of the node that has the focus, or that stands out. */
  const focused = (on: Page) => on.evaluate('document.activeElement.dataset.id');
  const parts = (on: Page, className: string): Promise<string[]> =>
    on.evaluate(
      `[...document.querySelectorAll('.environment:not([hidden]) .wide .node.${className}')].map((node) => node.dataset.id).sort()`,
    );

  const sizes = [SCREEN, TELEPHONE] as const;
  const cases = Object.keys(SAMPLES).flatMap((name) => sizes.map((viewport) => ({ name, viewport })));
  const looks = ['light', 'dark'] as const;

  async function findNothing(on: Page, options: axe.RunOptions = {}): Promise<void> {
    const { violations, passes } = (await on.evaluate(
      `axe.run(${JSON.stringify(options)})`,
    )) as axe.AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
    expect(await on.evaluate(lowContrast)).toEqual([]);
  }

  test.each(cases)(
    '$name, $viewport.width px, light and dark: axe finds nothing, and contrast is at least 4.5',
    async ({ name, viewport }) => {
      const opened = await open(name, { viewport });
      await opened.evaluate(axe.source);
      for (const colorScheme of looks) {
        await opened.emulateMedia({ colorScheme });
        await findNothing(opened);
      }
      await opened.evaluate("location.hash = document.querySelector('.entry').dataset.id");
      await opened.waitForSelector('.lit');
      for (const colorScheme of looks) {
        await opened.emulateMedia({ colorScheme });
        if (name === 'small') await findNothing(opened, { runOnly: 'color-contrast' });
        else expect(await opened.evaluate(lowContrast)).toEqual([]);
      }
    },
  );

  test.each(cases)(
    '$name, $viewport.width px: no label is clipped or overlaps another',
    async ({ name, viewport }) => {
      const opened = await open(name, { viewport });
      expect(await opened.evaluate(clippedLabels)).toEqual([]);
      expect(await opened.evaluate(overlappingLabels)).toEqual([]);
      expect(await opened.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
        0,
      );
    },
  );

  test('on a telephone a small picture is there, a large one is a button away', async () => {
    const shown = (on: Page) => on.locator('.picture:visible').count();
    expect(await shown(await open('tiny', { viewport: TELEPHONE }))).toBe(1);
    await page?.close();
    const opened = await open('large', { viewport: TELEPHONE });
    expect(await shown(opened)).toBe(0);
    expect(await opened.locator('.entry:visible').count()).toBe(120);
    await opened.getByRole('button', { name: 'Show the picture' }).click();
    expect(await shown(opened)).toBe(1);
    expect(await opened.evaluate(overlappingLabels)).toEqual([]);
    expect(await opened.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });

  test('pointing at a node lets all stand out that it needs and that needs it', async () => {
    const opened = await open('small');
    await opened.hover('.wide .node[data-id="staging/menu"]');
    expect(await parts(opened, 'down')).toEqual(['staging/catalogue']);
    expect(await parts(opened, 'up')).toEqual([
      'staging+production/preview-proxy',
      'staging/billing',
      'staging/host:api.staging.lunch.example.com',
      'staging/host:www.staging.lunch.example.com',
      'staging/orders',
      'staging/web',
    ]);
    expect(await opened.locator('.status:visible').textContent()).toBe(
      'menu needs 1 directly, 1 in all; 2 need it directly, 6 in all.',
    );
    await opened.mouse.move(2, 2);
    expect(await parts(opened, 'up')).toEqual([]);
  });

  test('Tab leads through the nodes, the arrow keys to their neighbours, Enter holds and Escape lets go', async () => {
    const opened = await open('tiny');
    await opened.keyboard.press('Tab');
    while ((await focused(opened)) === undefined) await opened.keyboard.press('Tab');
    expect(await focused(opened)).toBe('local/host:www.hello.localhost');
    await opened.keyboard.press('Tab');
    expect(await focused(opened)).toBe('local/web');
    expect(await parts(opened, 'down')).toEqual(['local/api', 'local/cache']);

    const walk = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowUp']) {
      await opened.keyboard.press(key);
      walk.push(await focused(opened));
    }
    expect(walk).toEqual(['local/api', 'local/cache', 'local/sweeper', 'local/api']);

    await opened.keyboard.press('Enter');
    expect(new URL(opened.url()).hash).toBe('#local/api');
    await opened.mouse.move(2, 2);
    expect(await parts(opened, 'self')).toEqual(['local/api']);
    await opened.keyboard.press('Escape');
    expect(await parts(opened, 'self')).toEqual([]);
    expect(new URL(opened.url()).hash).toBe('#local');
  });

  test('every node can be reached by Tab, and it is seen where the focus is', async () => {
    const opened = await open('small');
    const seen = new Set<unknown>();
    const nodes = await opened.locator('.environment:not([hidden]) .wide .node').count();
    for (let presses = 0; presses < nodes + 12; presses++) {
      await opened.keyboard.press('Tab');
      const id = await opened.evaluate("document.activeElement.closest('.wide .node')?.dataset.id");
      if (id === undefined) continue;
      seen.add(id);
      const width = await opened.evaluate(
        "parseFloat(getComputedStyle(document.activeElement.querySelector('.box')).strokeWidth)",
      );
      expect(width).toBeGreaterThan(3);
    }
    expect(seen.size).toBe(nodes);
  });

  test('an environment is chosen by its link, and an address leads to a node', async () => {
    const opened = await open('small');
    await opened.getByRole('link', { name: 'production', exact: true }).click();
    const shown = () => opened.evaluate("document.querySelector('.environment:not([hidden])').id");
    expect(await shown()).toBe('production');
    expect(await opened.locator('nav [aria-current]').textContent()).toBe('production');
    await page?.close();
    const again = await open('small', { hash: '#production/billing' });
    expect(await parts(again, 'self')).toEqual(['production/billing']);
    await expect(again.evaluate('document.activeElement.id')).resolves.toBe('production/billing');
  });

  test('finding narrows the list, and Enter goes to the first of it', async () => {
    const opened = await open('large');
    await opened.getByRole('searchbox').fill('audit-i');
    expect(await opened.locator('.entry:visible .title').allTextContents()).toEqual([
      'audit-index',
      'audit-import',
    ]);
    expect(await opened.locator('.status').textContent()).toBe('2 of 120 found');
    await opened.keyboard.press('Enter');
    expect(await parts(opened, 'self')).toEqual(['production/audit-index']);
    const visible = await opened.evaluate(
      `(() => {
        const frame = document.querySelector('.scroll').getBoundingClientRect();
        const node = document.querySelector('.wide .node.self').getBoundingClientRect();
        return node.x >= frame.x && node.right <= frame.right && node.y >= frame.y && node.bottom <= frame.bottom;
      })()`,
    );
    expect(visible).toBe(true);
  });

  test('without script picture and list of every environment are there', async () => {
    const opened = await open('small', { javaScriptEnabled: false });
    expect(await opened.locator('.picture.wide:visible').count()).toBe(2);
    expect(await opened.locator('.entry:visible').count()).toBe(31);
    expect(await opened.locator('button:visible, input:visible').count()).toBe(0);
  });
});
