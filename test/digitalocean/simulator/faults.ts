import { ApiError } from './api-error.js';

interface FailingAnswer {
  readonly method: string;
  readonly path: RegExp;
  readonly status: 429 | 500 | 503;
  /** Seconds, for 429. */
  readonly retryAfter?: number;
  left: number;
}

/** What goes wrong on demand; nothing does unless a test says so. */
export class Faults {
  readonly #answers: FailingAnswer[] = [];
  /** Droplets that stay `new` for ever, by name. */
  readonly neverBoot = new Set<string>();
  /** Droplets that are gone when somebody first asks for them, by name. */
  readonly vanish = new Set<string>();
  /** How often an action is asked after before it is completed; a high number is a slow one. */
  actionPolls = 1;
  /** How often a droplet is asked after before it is active. */
  bootPolls = 2;
  /** Droplets that the account may have. */
  dropletLimit = 10;

  /** Answers the next matching requests with an error, before anything is done. */
  fail(answer: Omit<FailingAnswer, 'left'> & { readonly times: number }): void {
    this.#answers.push({ ...answer, left: answer.times });
  }

  clear(): void {
    this.#answers.length = 0;
    this.neverBoot.clear();
    this.vanish.clear();
    Object.assign(this, { actionPolls: 1, bootPolls: 2, dropletLimit: 10 });
  }

  /** @throws ApiError where this request is to fail */
  check(method: string, path: string): void {
    const answer = this.#answers.find(
      (fault) => fault.left > 0 && fault.method === method && fault.path.test(path),
    );
    if (answer === undefined) return;
    answer.left -= 1;
    if (answer.status === 429)
      throw new ApiError(429, 'too_many_requests', 'API Rate limit exceeded.', {
        'retry-after': String(answer.retryAfter ?? 1),
      });
    throw new ApiError(answer.status, 'server_error', 'Unexpected server-side error');
  }
}
