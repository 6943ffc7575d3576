import { list, type Properties, text } from './property-values.js';

/** An answer of the API server that is not a success, or the lack of an answer (`code` 0). */
export class ApiError extends Error {
  /** The server may have acted on an earlier try whose answer was lost. */
  ambiguous = false;

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly causes: readonly Properties[] = [],
    /** Seconds that the server asks to wait. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get transient(): boolean {
    return this.code === 0 || this.code === 429 || (this.code >= 500 && this.code !== 501);
  }

  /** The same error, said of the object, with what to do about it. */
  about(action: string, object: string): Error {
    return new Error(`cannot ${action} ${object}: ${explain(this)}`, { cause: this });
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return String(Object(error).message ?? error);
}

export function isApiError(error: unknown, code: number): error is ApiError {
  return error instanceof ApiError && error.code === code;
}

/** Makes an error of a `Status` object, or of whatever text came instead. */
export function errorFromResponse(code: number, body: string, retryAfter?: number): ApiError {
  let status: Properties = {};
  try {
    status = JSON.parse(body);
  } catch {
    status = { message: body.trim().slice(0, 500) };
  }
  const message = text(status, 'message') || `HTTP status ${code}`;
  return new ApiError(code, text(status, 'reason'), message, list(status, 'details', 'causes'), retryAfter);
}

function explain(error: ApiError): string {
  const conflicts = error.causes.filter((cause) => cause.reason === 'FieldManagerConflict');
  if (conflicts.length > 0) {
    const fields = conflicts
      .map((cause) => `\n  ${text(cause, 'field')}: ${text(cause, 'message')}`)
      .join('');
    return (
      `other field managers own fields that this resource sets:${fields}\n` +
      'Leave these fields out here, or set the annotation pulumi.com/patchForce: "true" to take them over.'
    );
  }
  if (error.code === 409 && error.reason === 'AlreadyExists') {
    return (
      `${error.message}. Creating never takes over an object that is there: adopt it with ` +
      '`pulumi import <type> <name> <namespace/name>`, manage single fields with a Patch resource, ' +
      'or delete it if nobody needs it.'
    );
  }
  if (error.code === 422 && error.causes.length > 1) {
    const lines = error.causes.map((cause) => `\n  ${text(cause, 'field')}: ${text(cause, 'message')}`);
    return `the API server finds it invalid:${lines.join('')}`;
  }
  if (error.code === 401)
    return `${error.message}: the API server does not know the kubeconfig's credentials.`;
  return error.message;
}
