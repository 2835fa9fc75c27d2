// The typed client. Every answer is data or a thrown ApiError.
import createClient, { type FetchResponse } from 'openapi-fetch';
import { locale } from '@/i18n';
import { encodePath } from '@/lib/code/encode-path';
import { ApiError } from './errors';
import type { paths } from './schema';

export const api = createClient<paths>({
  // A file's path keeps its slashes; in any other parameter, such as a branch, a slash is escaped.
  pathSerializer: (pathname, params) =>
    pathname.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = String(params[name]);
      return name === 'path' ? encodePath(value) : encodeURIComponent(value);
    }),
});

let onSignedOut: () => void = () => undefined;

/** Called when the server no longer knows the session. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

api.use({
  onRequest({ request }) {
    // Sentences in answers come in the language of the console, not of the browser.
    request.headers.set('Accept-Language', locale());
    return request;
  },
  onResponse({ request, response }) {
    // A wrong password is no lost session.
    const { pathname } = new URL(request.url);
    const asksPassword = pathname === '/api/v2/session' || pathname === '/api/v2/me/password';
    if (response.status === 401 && !asksPassword) onSignedOut();
    return undefined;
  },
});

// The parameters of openapi-fetch's own type are of no concern here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer<Data> = FetchResponse<any, any, any> & { data?: Data };

/** The body of an answer, or its problem as an exception. */
export async function body<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  let result: Answer<Data>;
  try {
    result = await answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw ApiError.unreachable();
  }
  if (!result.response.ok) throw ApiError.from(result.response.status, result.error);
  return result.data as Data;
}

/** For what is not JSON: log bytes and search results. */
export async function fetchRaw(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept-Language', locale());
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw ApiError.unreachable();
  }
  if (response.status === 401) onSignedOut();
  if (!response.ok)
    throw ApiError.from(response.status, await response.json().catch(() => undefined));
  return response;
}

/** For routes whose paths have parts that are built here; the shapes are those of shapes.ts. */
export async function fetchJson<T>(
  path: string,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' = 'GET',
  content?: unknown,
): Promise<T> {
  const response = await fetchRaw(`/api/v2${path}`, {
    method,
    ...(content === undefined
      ? {}
      : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) }),
  });
  return (response.status === 204 ? undefined : await response.json()) as T;
}
