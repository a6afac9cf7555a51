import { LocalStackError } from '../errors';

/** What a sample event may refer to; `events/README.md` says what each one is. */
export const PLACEHOLDERS = [
  'API_KEY',
  'API_KEY_ID',
  'SESSION_TOKEN',
  'ORGANIZATION_ID',
  'ENVIRONMENT_ID',
  'SOURCE_ID',
  'DESTINATION_ID',
  'PAUSED_DESTINATION_ID',
  'CONNECTION_ID',
  'EVENT_ID',
  'EVENT_BASE',
  'NEW_EVENT_BASE',
  'DELIVERED_ID',
  'FAILED_ID',
  'PENDING_ID',
  'ATTEMPT_ID',
  'ITEM_ID',
  'DEAD_LETTER_ID',
  'RECOVERY_ID',
  'NOW',
  'NOW_MS',
  'EXPIRES_AT',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

const PATTERN = /\{\{([^{}]*)\}\}/g;

/** Whether a text has placeholders in it. */
export const hasPlaceholders = (text: string): boolean => text.search(PATTERN) >= 0;

/**
 * Fills in the placeholders of a text.
 *
 * @throws LocalStackError for one that does not exist
 */
export function fillPlaceholders(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replace(PATTERN, (whole, name: string) => {
    const placeholder = PLACEHOLDERS.find((one) => one === name);
    if (placeholder !== undefined) return values[placeholder];
    throw new LocalStackError(`There is no placeholder ${whole}: there are ${PLACEHOLDERS.join(', ')}.`);
  });
}
