// What went wrong, in words for a person. The server answers problems as RFC 9457 documents in the
// language of the request; what never reached the server is worded here.
import { t } from '@/i18n';
import type { ProblemBody } from './types';

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when there was no answer */
    readonly status: number,
    /** stable code, such as "missing" or "denied" */
    readonly code: string,
    message: string,
    /** what to do next; may be empty */
    readonly next: string,
    readonly requestId: string | undefined,
    /** messages by form field */
    readonly fields: ReadonlyMap<string, string>,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  static unreachable(): ApiError {
    return new ApiError(
      0,
      'unreachable',
      t('error.network'),
      t('error.network.next'),
      undefined,
      new Map(),
    );
  }

  static from(status: number, body: unknown): ApiError {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<ProblemBody>;
    const message =
      problem.detail ?? problem.title ?? t('error.unknown', { status: String(status) });
    const fields = new Map(
      (problem.problems ?? []).map(({ field, message: text }) => [field, text]),
    );
    return new ApiError(
      status,
      problem.code ?? 'unknown',
      message,
      problem.next ?? '',
      problem.request_id,
      fields,
    );
  }
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // fetch rejects with a TypeError when there is no connection.
  if (error instanceof TypeError) return ApiError.unreachable();
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(0, 'unknown', message, '', undefined, new Map());
}
