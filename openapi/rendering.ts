import * as z from 'zod/v4/core';
import type { ZodOpenApiOverrideContext } from 'zod-openapi';

/** The members that the rules below read and change; JSON Schema has more. */
type JsonSchema = ZodOpenApiOverrideContext['jsonSchema'];

/** Clarifies schemas in the document whose generated form does not say what they mean. */
export function render({ zodSchema, jsonSchema, io }: ZodOpenApiOverrideContext): void {
  if (zodSchema instanceof z.$ZodPipe && io === 'input') renderNumberInText(zodSchema, jsonSchema);
  if (zodSchema instanceof z.$ZodDefault && io === 'input') jsonSchema.default = zodSchema._zod.def.defaultValue;
  if (zodSchema instanceof z.$ZodUnion) renderUndefined(zodSchema, jsonSchema);
  if (zodSchema instanceof z.$ZodISODateTime) jsonSchema.format = 'date-time';
  // The formats say enough, and the patterns of dates are hundreds of characters long.
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  // JavaScript's safe integers are not a limit of the API.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Answers may get more members in later versions.
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

/** Query strings are text; one that is parsed as a number within limits is a number to callers. */
function renderNumberInText(pipe: z.$ZodPipe, jsonSchema: JsonSchema): void {
  const { out } = pipe._zod.def;
  if (!(out instanceof z.$ZodNumber)) return;
  delete jsonSchema.pattern;
  const { minimum, maximum } = z.toJSONSchema(out);
  Object.assign(jsonSchema, { type: 'integer', minimum, maximum });
}

/** JSON has no undefined: an optional member is not a union. */
function renderUndefined(union: z.$ZodUnion, jsonSchema: JsonSchema): void {
  const choices = jsonSchema.anyOf?.filter((_, index) => !(union._zod.def.options[index] instanceof z.$ZodUndefined));
  if (!choices || choices.length === jsonSchema.anyOf?.length) return;
  const [only, ...more] = choices;
  if (more.length > 0) {
    jsonSchema.anyOf = choices;
    return;
  }
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, only);
}
