import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { bytes } from '../../runtime/bytes';
import type { Key } from '../../store/table/addresses';
import { ABSENT, RETURN_OLD, writeIf } from '../../store/table/conditions';
import type { Table } from '../../store/table/table';
import { transact } from '../../store/table/transact';
import type { Ledger } from './apply-batch';
import type { ItemChange } from './item-changes';

/** A stream keeps a record for a day; what was counted is remembered for three. */
const REMEMBERED_SECONDS = 3 * 86_400;

/** The counters in the table, with the markers of what they have counted. */
export function tableLedger(table: Table, now: () => number): Ledger {
  return {
    apply: async (fingerprints, changes) => {
      const marker = markerOf(table.name, fingerprints, now());
      const updates = changes.map((change) => ({ Update: updateFor(table.name, change) }));
      const answer = await transact(table, [{ Put: { ...marker, ...RETURN_OLD } }, ...updates]);
      return answer.kind === 'done' ? undefined : readFingerprints(answer.reasons[0]?.item);
    },
    remember: async (fingerprints) => {
      // Refused: an earlier repetition remembered it.
      await writeIf(table, new PutCommand(markerOf(table.name, fingerprints, now())));
    },
  };
}

/** Where it is remembered that records were counted, by the first of them. */
export const markerKey = (fingerprint: string): Key => ({ pk: `COUNTED#${fingerprint}`, sk: 'COUNTED' });

function markerOf(table: string, fingerprints: readonly string[], now: number) {
  const [first = ''] = fingerprints;
  const records = Buffer.from(fingerprints.join(''), 'hex');
  return {
    TableName: table,
    Item: { ...markerKey(first), records, expiresAt: Math.ceil(now / 1000) + REMEMBERED_SECONDS },
    ConditionExpression: ABSENT,
  };
}

const marker = z.object({ records: bytes });

/** Eight bytes, sixteen digits, for each record. */
const readFingerprints = (item: unknown): string[] =>
  Buffer.from(marker.parse(item).records).toString('hex').match(/.{16}/g) ?? [];

/** The update of one item. Every name and value is a placeholder, so that the expression stays short. */
export function updateFor(table: string, { key, add, latest = {}, expiresAt }: ItemChange) {
  const set = expiresAt === undefined ? latest : { ...latest, expiresAt };
  const names = new Map([...Object.keys(add), ...Object.keys(set)].map((name, index) => [name, `#${index}`]));
  const values = new Map([...Object.values(add), ...Object.values(set)].map((value, index) => [value, `:${index}`]));
  const adds = Object.entries(add).map(([name, value]) => `${names.get(name)} ${values.get(value)}`);
  const sets = Object.entries(set).map(([name, value]) => `${names.get(name)}=${values.get(value)}`);
  const clauses = [adds.length > 0 ? `ADD ${adds.join(',')}` : '', sets.length > 0 ? `SET ${sets.join(',')}` : ''];
  return {
    TableName: table,
    Key: { ...key },
    UpdateExpression: clauses.filter(Boolean).join(' '),
    ExpressionAttributeNames: Object.fromEntries([...names].map(([name, placeholder]) => [placeholder, name])),
    ExpressionAttributeValues: Object.fromEntries([...values].map(([value, placeholder]) => [placeholder, value])),
  };
}
