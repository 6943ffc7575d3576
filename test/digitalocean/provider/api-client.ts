import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../simulator/json.js';

export interface ApiClientOptions {
  readonly endpoint: string;
  readonly token: string;
  /** Tries after the first. */
  readonly retryMax: number;
  /** Milliseconds before the second try; it doubles with each. */
  readonly retryWait: number;
}

/** An answer that is not a success, worded as the real provider words it. */
export class ApiFailure extends Error {
  constructor(
    method: string,
    url: string,
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${method} ${url}: ${status} ${reason}`);
    this.name = 'ApiFailure';
  }
}

/** A client of the API that tries again after 429, for as long as it is told, and after errors of the server. */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  /** @throws ApiFailure after the last try */
  async request(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const text = await this.text(method, path, body);
    return text === '' ? {} : JSON.parse(text);
  }

  async text(method: string, path: string, body?: JsonObject): Promise<string> {
    const { endpoint, token, retryMax, retryWait } = this.options;
    const url = new URL(path, endpoint).href;
    for (let tries = 0; ; tries++) {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return text;
      const mayPass = response.status === 429 || response.status >= 500;
      if (!mayPass || tries >= retryMax) throw new ApiFailure(method, url, response.status, reasonOf(text));
      const asked = Number(response.headers.get('retry-after') ?? 0) * 1000;
      await sleep(asked || retryWait * 2 ** tries);
    }
  }

  /** The object, or undefined where there is none. */
  async find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.request('GET', path);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Deletes; what is gone already is gone. */
  async remove(path: string): Promise<void> {
    try {
      await this.request('DELETE', path);
    } catch (error) {
      if (!(error instanceof ApiFailure && error.status === 404)) throw error;
    }
  }
}

function reasonOf(text: string): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text;
  }
}
