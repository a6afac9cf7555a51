import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

/** What a function's role shall allow no more: an action, in the statement in whose resources the pattern finds something. */
export interface Removal {
  readonly function: string;
  readonly action: string;
  readonly resource: RegExp;
}

const actions = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const statement = z.looseObject({ Action: actions, Resource: z.unknown() });
const policy = z.looseObject({
  Type: z.literal('AWS::IAM::Policy'),
  Properties: z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(statement) }) }),
});
const template = z.looseObject({ Resources: z.record(z.string(), z.unknown()) });

const FILE = 'Posthorn.template.json';

/** A copy of an assembly whose template grants less. */
export function assemblyWithout(
  removals: readonly Removal[],
  assembly: string,
): { readonly directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-fewer-permissions-'));
  cpSync(assembly, directory, { recursive: true });
  const { Resources, ...rest } = template.parse(JSON.parse(readFileSync(join(directory, FILE), 'utf8')));
  const left = Object.entries(Resources).map(([id, resource]) => [id, without(removals, id, resource)] as const);
  writeFileSync(join(directory, FILE), JSON.stringify({ ...rest, Resources: Object.fromEntries(left) }));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function without(removals: readonly Removal[], id: string, resource: unknown): unknown {
  const concerned = removals.filter((one) => id.startsWith(`Functions${one.function}RoleDefaultPolicy`));
  if (concerned.length === 0) return resource;
  const { Properties, ...rest } = policy.parse(resource);
  const Statement = Properties.PolicyDocument.Statement.map(({ Action, ...one }) => ({
    ...one,
    Action: Action.filter((action) => !concerned.some((removal) => takes(removal, action, one.Resource))),
  })).filter(({ Action }) => Action.length > 0);
  return { ...rest, Properties: { ...Properties, PolicyDocument: { ...Properties.PolicyDocument, Statement } } };
}

const takes = ({ action, resource }: Removal, granted: string, on: unknown): boolean =>
  granted === action && resource.test(JSON.stringify(on));
