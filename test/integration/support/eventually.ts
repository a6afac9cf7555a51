import { setTimeout as sleep } from 'node:timers/promises';

/** How long something may take that is to happen. No test asserts a time; this only ends a wait that is in vain. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 25;

/**
 * Looks until `look` neither throws nor answers undefined or false.
 *
 * @param what says what is waited for, as the end of the sentence "Waited in vain for …"
 * @throws Error with what the last look saw
 */
export async function eventually<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<Found> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await glance(look);
    if ('found' in seen) return seen.found;
    if (Date.now() > deadline) {
      throw new Error(`Waited in vain for ${what}. ${seen.why}`, { cause: seen.error });
    }
    await sleep(PAUSE_MS);
  }
}

type Glance<Found> = { readonly found: Found } | { readonly why: string; readonly error?: unknown };

async function glance<Found>(
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
): Promise<Glance<Found>> {
  try {
    const found = await look();
    return found === undefined || found === false ? { why: 'The last look found nothing.' } : { found };
  } catch (error) {
    return { why: `The last look failed: ${error instanceof Error ? error.message : error}`, error };
  }
}
