import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as z from 'zod';
import { ROUTES } from '../../../lambdas/http/routes';

const media = z.object({ schema: z.record(z.string(), z.unknown()).optional() });
const content = z.object({ 'application/json': media.optional() });
const response = z.object({ $ref: z.string().optional(), content: content.optional() });
const operation = z.object({
  operationId: z.string(),
  parameters: z
    .array(z.object({ in: z.string(), name: z.string(), schema: z.record(z.string(), z.unknown()) }))
    .default([]),
  requestBody: z
    .object({
      required: z.boolean().default(false),
      content: content.extend({ 'application/json': media.extend({ example: z.unknown() }).optional() }),
    })
    .optional(),
  responses: z.record(z.string(), response),
});
const shape = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** What the OpenAPI document says of one route. */
export type Documented = z.output<typeof operation> & { readonly method: string; readonly path: string };

const raw: unknown = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));
const { paths } = shape.parse(raw);

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...z.record(z.string(), z.unknown()).parse(closed(raw)), $id: 'openapi' });

/** Objects of answers have no members but those that are described. */
function closed(value: unknown, name = ''): unknown {
  if (typeof value !== 'object' || value === null || name === 'requestBody') return value;
  if (Array.isArray(value)) return value.map((one) => closed(one));
  const members = Object.entries(value).map(([key, member]) => [key, closed(member, key)]);
  const isOpen = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return { ...Object.fromEntries(members), ...(isOpen && { additionalProperties: false }) };
}

/** All operations, in the order of the list of routes. */
export const OPERATIONS: readonly Documented[] = ROUTES.flatMap(({ method, path }) => {
  const found = paths[path]?.[method.toLowerCase()];
  return found ? [{ ...found, method, path }] : [];
});

/**
 * The operation that a call reaches; undefined where no route takes it. A path that is known as it is written belongs to
 * its own methods only, and is never taken for an id.
 */
function operationOf(method: string, target: string): Documented | undefined {
  const [path = ''] = target.split('?');
  const literal = OPERATIONS.filter((one) => one.path === path);
  const known = literal.length > 0 ? literal : OPERATIONS.filter((one) => fits(one.path, path));
  return known.find((one) => one.method === method);
}

const fits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path);

/** Which answers were checked, written `getEvent 200`. */
export const seen = new Set<string>();

/**
 * Holds an answer against the document.
 *
 * @param body parsed JSON; undefined when there is none
 * @throws Error when the status is not described, or the body is not what is described for it
 */
export function expectDocumented(method: string, target: string, status: number, body: unknown): void {
  const found = operationOf(method, target);
  if (!found) return;
  const described = found.responses[status];
  if (!described)
    throw new Error(`${method} ${target} answered ${status}, which ${found.operationId} does not describe.`);
  const validate = validatorOf(found, status, described);
  if (validate ? !validate(body) : body !== undefined) {
    const problem = validate ? ajv.errorsText(validate.errors) : 'a body where none is described';
    throw new Error(`${method} ${target} answered ${status} with ${problem}: ${JSON.stringify(body)}`);
  }
  seen.add(`${found.operationId} ${status}`);
}

function validatorOf(
  { method, path }: Documented,
  status: number,
  { $ref, content }: z.output<typeof response>,
): ValidateFunction | undefined {
  if (!$ref && !content) return undefined;
  const own = `#/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${status}`;
  const pointer = `openapi${encodeURI($ref ?? own)}/content/application~1json/schema`;
  return ajv.getSchema(pointer);
}

/** Checks values against a schema of a parameter or of a request body. */
export function fitting(schema: Readonly<Record<string, unknown>>): (value: unknown) => boolean {
  const validate = ajv.compile(schema);
  return (value) => validate(value) === true;
}
