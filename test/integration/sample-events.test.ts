import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ROUTES } from '../../lambdas/http/routes';
import { ENVIRONMENTS } from '../../lambdas/runtime/environment';
import { compileFilters } from '../../local/mappings/filter';
import { mappingProperties } from '../../local/mappings/mapping-properties';
import { fillPlaceholders, PLACEHOLDERS } from '../../local/samples/placeholders';
import { prepareSamples } from '../../local/samples/prepare';
import { loadAssembly } from '../../local/template/assembly';
import { EXPECTATIONS } from './support/sample-expectations';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const FOLDER = new URL('../../events/', import.meta.url);

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const functionOf = (file: string): string => file.replace(/[-.].*/, '');

const routed = z.object({ routeKey: z.string() });
const streamed = z.object({ Records: z.array(z.unknown()) });

/** Names of the files whose event is for an HTTP route. */
const filesOfRoute = (routeKey: string): string[] =>
  files.filter((file) => routed.safeParse(JSON.parse(textOf(file))).data?.routeKey === routeKey);

describe('there is a sample event', () => {
  it.each(Object.keys(ENVIRONMENTS))('for the function %s', (name) => {
    expect(files.map(functionOf)).toContain(name);
  });

  it.each([...ROUTES.map((route) => [`${route.method} ${route.path}`, route.function]), ['$default', 'api']])(
    'for the route %s, named after its function %s',
    (routeKey, name = '') => {
      expect(filesOfRoute(routeKey ?? '').map(functionOf)).toEqual([name]);
    },
  );

  it('for every kind of record that the filters of the stream let through', () => {
    const patterns = streamPatterns();
    expect(new Set(patterns.map(({ name }) => name))).toEqual(new Set(['route', 'aggregate']));
    for (const { name, pattern } of patterns) {
      const samples = files
        .filter((file) => functionOf(file) === name)
        .flatMap((file) => streamed.parse(JSON.parse(textOf(file))).Records);
      expect(samples.filter(compileFilters([pattern])), `${name}: ${pattern}`).toHaveLength(1);
    }
  });
});

/** The filters of the template's mappings, each of which lets one kind of record through to a function. */
function streamPatterns(): { readonly name: string; readonly pattern: string }[] {
  const { template } = loadAssembly(inject('assemblies').usual);
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(({ Properties }) => mapping.parse(Properties))
    .flatMap(({ FunctionName, FilterCriteria }) => {
      const { Variables } = named.parse(template.Resources[FunctionName.Ref]?.Properties).Environment;
      const name = Variables.POWERTOOLS_SERVICE_NAME;
      return (FilterCriteria?.Filters ?? []).map(({ Pattern: pattern }) => ({ name, pattern }));
    });
}

const mapping = z.object({
  FunctionName: z.object({ Ref: z.string() }),
  FilterCriteria: mappingProperties.shape.FilterCriteria,
});
const named = z.object({ Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }) });

describe('the placeholders of sample events', () => {
  it.each(PLACEHOLDERS)('{{%s}} is explained, and used', (placeholder) => {
    expect(textOf('README.md')).toContain(`{{${placeholder}}}`);
    expect(files.filter((file) => textOf(file).includes(`{{${placeholder}}}`))).not.toEqual([]);
  });

  it('are refused when they do not exist', async () => {
    const samples = await prepareSamples(world().stack);
    onTestFinished(() => samples.stop());
    expect(() => fillPlaceholders('{"id": "{{ORDER_ID}}"}', samples.values)).toThrow('no placeholder {{ORDER_ID}}');
  });
});

describe('a sample event', () => {
  beforeAll(() => {
    // What one function does is looked at before another one carries it on.
    for (const mapped of ['route', 'aggregate', 'deliver']) world().stack.pauseMapping(mapped);
  });

  it('has an expectation to meet, and there is no expectation without an event', () => {
    expect(Object.keys(EXPECTATIONS).sort()).toEqual(files.sort());
  });

  it.each(files)('%s passes through its function', async (file) => {
    const { stack } = world();
    const samples = await prepareSamples(stack);
    onTestFinished(() => samples.stop());
    const event: unknown = JSON.parse(fillPlaceholders(textOf(file), samples.values));
    const result = await stack.invoke(functionOf(file), event);
    await EXPECTATIONS[file]?.({ result, values: samples.values, world: world() });
  });
});
