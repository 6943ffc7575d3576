import { type Answer, codeIn } from '../../../stacks/retried.js';
import { type Challenge, challengesOf } from './challenge.js';
import { type Credentials, credentialsFor } from './credentials.js';
import type { Place } from './place.js';
import { problem, refusal } from './refusal.js';
import { send } from './send.js';

/** What a token is asked for. */
export interface Scope {
  readonly place: Place;
  readonly action: 'pull' | 'push';
}

/**
 * What one registry is shown: nothing until it asks, then a password or a token for each scope. Tokens are kept for
 * as long as the registry takes them.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class Authorization {
  private credentials?: Promise<Credentials | undefined>;
  private challenge?: Challenge;
  private readonly tokens = new Map<string, Promise<string>>();

  /** The header for a request, as far as the registry has asked for one. */
  async header(scope: Scope): Promise<string | undefined> {
    if (this.challenge?.scheme === 'bearer') return `Bearer ${await this.token(this.challenge, scope)}`;
    if (this.challenge?.scheme !== 'basic') return undefined;
    const credentials = await this.login(scope.place);
    return credentials && basic(credentials, scope.place);
  }

  /**
   * Takes what a registry asks for.
   *
   * @param refused the header that was sent, if any
   * @returns whether another attempt makes sense
   */
  async accept(answer: Answer, refused: string | undefined, scope: Scope): Promise<boolean> {
    const challenges = challengesOf(answer.headers.get('www-authenticate') ?? '');
    const challenge = ['bearer', 'basic'].flatMap((scheme) =>
      challenges.filter((one) => one.scheme === scheme),
    )[0];
    if (!challenge) return false;
    this.challenge = challenge;
    if (challenge.scheme === 'basic') return refused === undefined && (await this.hasLogin(scope.place));
    // A token that it does not take any more has run out.
    const kept = await this.tokens.get(keyOf(scope))?.catch(() => undefined);
    if (refused === `Bearer ${kept}`) this.tokens.delete(keyOf(scope));
    return true;
  }

  /** Whose login is used, for messages. */
  async user(place: Place): Promise<string | undefined> {
    const credentials = await this.login(place);
    return credentials?.kind === 'password' ? credentials.username : credentials && 'the stored token';
  }

  private hasLogin = async (place: Place): Promise<boolean> => (await this.login(place)) !== undefined;

  private login({ host, origin }: Place): Promise<Credentials | undefined> {
    const address = new URL(origin).host;
    this.credentials ??= credentialsFor(host).then(
      (found) => found ?? (address === host ? undefined : credentialsFor(address)),
    );
    return this.credentials;
  }

  private token(challenge: Challenge, scope: Scope): Promise<string> {
    const key = keyOf(scope);
    const token = this.tokens.get(key) ?? this.fetchToken(challenge, scope);
    this.tokens.set(key, token);
    return token;
  }

  private async fetchToken({ parameters }: Challenge, scope: Scope): Promise<string> {
    const { place, action } = scope;
    const url = realmOf(parameters.realm, place);
    const query = new URLSearchParams({
      ...(parameters.service !== undefined && { service: parameters.service }),
      scope: keyOf(scope),
    });
    const credentials = await this.login(place);
    const answer = await (credentials?.kind === 'identity token'
      ? send(url.href, {
          method: 'POST',
          body: () =>
            new URLSearchParams([
              ...query,
              ['grant_type', 'refresh_token'],
              ['client_id', 'keelson'],
              ['refresh_token', credentials.token],
            ]),
        })
      : send(withQuery(url, query), {
          headers: credentials ? { authorization: basic(credentials, place) } : {},
        })
    ).catch((error: unknown) => {
      throw problem(
        { place, reference: '' },
        `its token server ${url.host} cannot be reached: ${codeIn(error) ?? error}`,
      );
    });
    if (answer.status !== 200)
      throw refusal({ place, reference: '', action, user: await this.user(place) }, answer);
    return tokenIn(answer.bytes) ?? fail(place, `its token server ${url.host} gives no token`);
  }
}

/** @see https://distribution.github.io/distribution/spec/auth/scope/ */
const keyOf = ({ place: { path }, action }: Scope): string =>
  `repository:${path}:${action === 'push' ? 'pull,push' : 'pull'}`;

/** Where tokens are given. A password that belongs to a registry behind TLS is not sent without. */
function realmOf(realm: string | undefined, place: Place): URL {
  if (realm === undefined || !URL.canParse(realm)) fail(place, 'asks for a token and does not say where');
  const url = new URL(realm);
  if (url.protocol === 'https:' || new URL(place.origin).protocol === 'http:') return url;
  return fail(place, `sends to ${url.origin} for a token, which is not encrypted; nothing was sent there`);
}

function withQuery(url: URL, query: URLSearchParams): string {
  const target = new URL(url);
  for (const [key, value] of query) target.searchParams.set(key, value);
  return target.href;
}

function basic(credentials: Credentials, place: Place): string {
  if (credentials.kind === 'identity token')
    return fail(place, 'takes names and passwords, and only a token is stored; log in anew');
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenIn(bytes: Uint8Array): string | undefined {
  try {
    const { token, access_token } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    return [token, access_token].find((one) => typeof one === 'string' && one !== '') as string | undefined;
  } catch {
    return undefined;
  }
}

function fail(place: Place, message: string): never {
  throw problem({ place, reference: '' }, message);
}
