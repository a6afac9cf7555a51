import type { ApiKey } from '../../lambdas/store/access/api-keys';

/** A key as scripts get it: everything except the hash of its secret. */
export function keyOf(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    organization: key.organizationName,
    environment: key.environmentName ?? null,
    scopes: key.scopes,
    created_at: key.createdAt,
    expires_at: key.expiresOn ?? null,
    revoked_at: key.revokedAt ?? null,
  };
}

/** A new key with its secret, which is shown only once. */
export function createdText(secret: string, key: ApiKey): string {
  const where = key.environmentName ? `environment ${key.environmentName}` : 'all environments (it reads only)';
  return [
    `Key      ${key.id}  (${key.name})`,
    `For      ${key.organizationName}, ${where}`,
    `Scopes   ${key.scopes.join(', ')}`,
    ...(key.expiresOn ? [`Expires  ${key.expiresOn}`] : []),
    `Secret   ${secret}`,
    '',
    'The secret is not stored and cannot be shown again.',
    '',
  ].join('\n');
}

const COLUMNS: readonly (readonly [string, (key: ApiKey) => string])[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['ENVIRONMENT', ({ environmentName }) => environmentName ?? '(all)'],
  ['SCOPES', ({ scopes }) => scopes.join(',')],
  ['CREATED', ({ createdAt }) => minute(createdAt)],
  ['EXPIRES', ({ expiresOn }) => minute(expiresOn)],
  ['REVOKED', ({ revokedAt }) => minute(revokedAt)],
];

/** `2030-12-31 18:00Z` */
const minute = (time: string | undefined): string => (time ? `${time.slice(0, 16).replace('T', ' ')}Z` : '-');

/** The keys of an organization as a table. */
export function listText(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return 'There are no keys.\n';
  const rows = [COLUMNS.map(([title]) => title), ...keys.map((key) => COLUMNS.map(([, cell]) => cell(key)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
