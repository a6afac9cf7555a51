import * as z from 'zod';

/** Every item of the batch failed. */
export const ALL_FAILED = 'all';

const responseSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Which items of a batch a function reports as failed. An invalid answer, or one that names an item outside the batch,
 * fails the whole batch, as on AWS.
 *
 * @param result what the function returned
 * @param identifiers of the items in the batch: message ids, or sequence numbers
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedItems(result: unknown, identifiers: readonly string[]): ReadonlySet<string> | typeof ALL_FAILED {
  if (result === null || result === undefined) return new Set();
  const parsed = responseSchema.safeParse(result);
  if (!parsed.success) return ALL_FAILED;
  const failures = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  const known = new Set(identifiers);
  return failures.every((id) => known.has(id)) ? new Set(failures) : ALL_FAILED;
}
