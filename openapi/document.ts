import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { ROUTES, type Route } from '../lambdas/http/routes';
import { version } from '../package.json';
import type { Answer, Operation, RequestBody } from './operation';
import { OPERATIONS } from './operations';
import { requestParams, withMeanings } from './parameters';
import { refusals } from './refusals';
import { render } from './rendering';
import { TAGS } from './tags';

const DESCRIPTION = `Posthorn takes events in and delivers them to HTTP destinations, from your own AWS account.

Four documented delivery APIs and a management API show the same deliveries, each in its own words. An API key is sent as
\`X-API-Key\`, as a Bearer token, or by the cookie of a session that was started with it. Lists page by offset or page number,
and by an opaque cursor that never repeats or misses a row.`;

const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key as a Bearer token.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'A session, started by POST /v1/session.',
  },
} as const;

/** The OpenAPI 3.1 document of the whole API, with the paths of the list of routes and the schemas that validate. */
function openApiDocument(): object {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Posthorn',
        version,
        description: DESCRIPTION,
        contact: { name: 'Posthorn' },
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The API of the stack that serves this document' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: paths(),
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    { override: render, allowEmptySchema: { undefined: true } },
  );
  explainParameters(document);
  return document;
}

function explainParameters({ paths = {} }: ReturnType<typeof createDocument>): void {
  const operations = Object.values(paths).flatMap((path) => [path.get, path.post, path.patch, path.delete]);
  for (const operation of operations) {
    if (operation?.parameters) Object.assign(operation, { parameters: withMeanings(operation.parameters) });
  }
}

/** The document as it is checked in. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;

function paths(): ZodOpenApiPathsObject {
  const all: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of ROUTES) {
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: describe(route, OPERATIONS[route.key]) };
  }
  return all;
}

function describe(route: Route, operation: Operation): ZodOpenApiOperationObject {
  const { scope } = route;
  const { operationId, tag, summary, body } = operation;
  const need = scope === 'no key' ? '' : scope === 'any key' ? ' Takes any key.' : ` Needs the scope \`${scope}\`.`;
  return {
    operationId,
    tags: [tag],
    summary,
    description: `${operation.description}${need}`,
    security: scope === 'no key' ? [] : Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
    ...requestParams(operation),
    ...(body && { requestBody: { required: body.schema !== undefined && !body.optional, content: contentOf(body) } }),
    responses: { [`${operation.answer.status}` as const]: answer(operation.answer), ...refusals(route, operation) },
  };
}

/** Bodies without a schema may be anything. */
function contentOf({ schema, example }: RequestBody) {
  if (!schema) return { '*/*': {} };
  return { 'application/json': { schema, ...(example !== undefined && { example }) } };
}

function answer({ description, schema, headers = {} }: Answer) {
  const described = Object.entries(headers).map(([name, text]) => {
    return [name, { description: text, schema: { type: 'string' as const } }];
  });
  return {
    description,
    ...(described.length > 0 && { headers: Object.fromEntries(described) }),
    ...(schema && { content: { 'application/json': { schema } } }),
  };
}
