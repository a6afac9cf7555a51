/**
 * A stream record whose own content cannot be read. Trying again cannot help, and the records behind it are waiting: it is
 * set aside. A call to AWS that failed is never this.
 */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs a step that looks at nothing but a record, so that whatever it throws is the record's own fault. */
export function readable<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    throw new UnreadableRecordError(error);
  }
}
