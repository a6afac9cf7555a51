import type { ApiResponse } from './messages';

/** The document as checked in. It is imported on first use, so that other calls do not pay for it. */
export async function showOpenApi(): Promise<ApiResponse> {
  const { default: document } = await import('../../docs/openapi.json');
  return { status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } };
}
