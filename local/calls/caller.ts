import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who is calling, identified by the credentials that signed the call:
 *
 * - `function`: one worker of a function of the template;
 * - `mapping`: an event source mapping, which acts with the role of its function;
 * - `other`: anybody else, such as the operator's commands, the AWS CLI or a test.
 */
export type Caller =
  | { readonly kind: 'function'; readonly logicalId: string; readonly worker: string }
  | { readonly kind: 'mapping'; readonly logicalId: string }
  | { readonly kind: 'other'; readonly accessKeyId: string };

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The session token of an event source mapping; those of workers are their ids. */
const MAPPING = 'mapping';

/** The access key names the function. It has letters and digits only: DynamoDB Local refuses other characters. */
export const accessKeyOf = (logicalId: string): string => `local${logicalId}`;

/** The credentials of the event source mappings that start a function. */
export const mappingCredentials = (logicalId: string): Credentials => ({
  accessKeyId: accessKeyOf(logicalId),
  secretAccessKey: 'local',
  sessionToken: MAPPING,
});

/** Identifies callers; `logicalIds` are those of the template's functions. */
export function callerOf(headers: IncomingHttpHeaders, logicalIds: ReadonlySet<string>): Caller {
  const accessKeyId = /Credential=([^/\s]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const logicalId = accessKeyId.slice(accessKeyOf('').length);
  if (accessKeyOf(logicalId) !== accessKeyId || !logicalIds.has(logicalId)) return { kind: 'other', accessKeyId };
  const token = String(headers['x-amz-security-token'] ?? '');
  return token === MAPPING ? { kind: 'mapping', logicalId } : { kind: 'function', logicalId, worker: token };
}
