import type { Account } from './account.js';
import { notFound } from './api-error.js';
import type { Json, JsonObject } from './json.js';

export interface Request {
  readonly account: Account;
  /** The values of `:name` in the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** JSON, or text as it is. @default none */
  readonly body?: JsonObject | string;
  /** A list that is cut into pages, under its name in the answer. */
  readonly list?: { readonly name: string; readonly items: readonly Json[] };
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Such as `/v2/droplets/:id`. */
  readonly path: string;
  readonly handle: (request: Request) => Answer;
}

export const GONE: Answer = { status: 204 };

/** The route of a request, with the values in its path. @throws ApiError 404 */
export function find(routes: readonly Route[], method: string, path: string) {
  for (const route of routes) {
    const params = route.method === method ? match(route.path, path) : undefined;
    if (params !== undefined) return { route, params };
  }
  throw notFound();
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [expected, given] = [pattern, path].map((text) => text.split('/'));
  if (expected === undefined || given === undefined || expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, step] of expected.entries()) {
    const value = decodeURIComponent(given[index] ?? '');
    if (step.startsWith(':')) params[step.slice(1)] = value;
    else if (step !== value) return undefined;
  }
  return params;
}

/** A page of a list, with `links` and `meta` as DigitalOcean writes them. @default 20 a page, at most 200 */
export function paged({ name, items }: NonNullable<Answer['list']>, query: URLSearchParams, url: string) {
  const size = Math.min(Number(query.get('per_page') ?? 20), 200);
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (to: number) => `${url}?page=${to}&per_page=${size}`;
  return {
    [name]: items.slice((page - 1) * size, page * size),
    links: page < last ? { pages: { next: link(page + 1), last: link(last) } } : {},
    meta: { total: items.length },
  };
}
