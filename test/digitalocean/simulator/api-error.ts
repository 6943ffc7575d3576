/** An answer that is not a success, in the shape in which DigitalOcean writes it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unable to authenticate you');
export const notFound = () =>
  new ApiError(404, 'not_found', 'The resource you were accessing could not be found.');
export const unprocessable = (message: string) => new ApiError(422, 'unprocessable_entity', message);
export const conflict = (message: string) => new ApiError(409, 'conflict', message);
export const forbidden = (message: string) => new ApiError(403, 'forbidden', message);
