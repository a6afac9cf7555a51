import * as z from 'zod/mini';

/** Binary attributes, as the SDK reads them. */
export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');
