import { readFileSync } from 'node:fs';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ROUTES } from '../../../lambdas/http/routes';
import { openApiText } from '../../../openapi/document';

const operation = z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) });
const shape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });

let text: string;
let document: z.output<typeof shape>;

beforeAll(() => {
  text = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  document = shape.parse(JSON.parse(text));
});

describe('the OpenAPI document', () => {
  test('is checked in as the code describes the API: run `npm run openapi` after a change', () => {
    expect(text === openApiText()).toBe(true);
  });

  test('has every route and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says of each operation how it refuses', () => {
    for (const { method, path } of ROUTES) {
      const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
      expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(['500'])]);
      if (path.includes('{')) expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(['404'])]);
    }
  });

  test('passes the rules for OpenAPI documents without an error or a warning', async () => {
    const linter = new spectral.Spectral();
    linter.setRuleset(new spectral.Ruleset({ extends: [[rulesets.oas, 'recommended']] }));
    const found = await linter.run(JSON.parse(text));
    expect(found.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`)).toEqual([]);
  });
});
