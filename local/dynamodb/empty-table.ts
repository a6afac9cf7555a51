import { existsSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * An SQLite file (gzip, base64) in which dynoxide finds the table that it keeps stream records in, and an index that it
 * does not make itself:
 *
 * ```sql
 * CREATE TABLE IF NOT EXISTS _stream_records (…); -- as in dynoxide 1.2.1, src/storage_backend/sql_builders.rs
 * CREATE INDEX _stream_records_by_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
 * ```
 *
 * Without it every write, which looks for the last sequence number, and every read at the end of the stream goes through
 * all records that there ever were.
 */
const EMPTY =
  'H4sIAAAAAAACA+3XwU7CQBAG4G0hmhAxniTexhsNxIsvYMWNIULBUhI4NYWuWqVtaIvKkXjwnXw6FxAIJYJHQ/4v2bSbmZ3d' +
  'bk/Tuq95iaCHMPKdhC7ZCVMUdkXEGFPlyLKV9Fxhu6nsoq/k5Usmf8qOj/Jf8gEAAAAAAPCPTM4zh4VKSZk4XuCKdztOIuH4' +
  'diT6YeTGdm9sx2I4EkFfpELZisl1i1PVuOEd2rKOGkY6TMXE6Q2EHTi+KFNFb1nF5S7ByO+JiPSWrGzxW25qWlM9KJRKSne2' +
  'KB4OZBu3rJ6aZn5OZenXNU6pYHG2n5xpH0PlcFry82x+kNTp16fqWs2NT8lRiucujk5Ns1rXzS7d8S7pbatRNWStOjes8saq' +
  '1Y2QxTsWGQ052rXaZqZ4FUHyp8wXMY7t5zgMdiUG4s32fOdxXnEzHg7crfH039uxXfzkRLKguyuvL286Ea4t+/XFjf6ePIpF' +
  'JGvKu/GS8azyWoo27c1l0w8AAAAAAAAAewz9PwAAAAAAAMD+y6H/BwAAAAAAANh730mPrrgAQAAA';

/** Prepares the file of a table that does not exist yet; one that exists stays as it is. */
export function prepareTableFile(path: string): void {
  if (!existsSync(path)) writeFileSync(path, gunzipSync(Buffer.from(EMPTY, 'base64')));
}
