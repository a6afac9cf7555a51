import type { ApiResponse } from './messages';

/**
 * The document as it is checked in. It is imported when it is asked for, so that a function that starts for another call
 * does not read it.
 */
export async function showOpenApi(): Promise<ApiResponse> {
  const { default: document } = await import('../../docs/openapi.json');
  return { status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } };
}
