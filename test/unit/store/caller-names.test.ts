import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { it } from 'vitest';
import { nastyValue, storable } from '../../corpus/names';
import { storedAndRead } from '../support/wire-table';

it('names in a map come back from the table as the caller gave them', async () => {
  const holds = async (map: unknown) => deepStrictEqual((await storedAndRead({ map })).map, map);
  await fc.assert(fc.asyncProperty(nastyValue().map(storable), holds), { numRuns: 200 });
});

it.each(['Set', 'Map', 'Number', 'String', 'Boolean', 'Object'])(
  'a map that calls itself a %s is a map',
  async (name) => {
    const map = { constructor: { name }, valueOf: 1, toString: 'x' };
    deepStrictEqual((await storedAndRead({ map })).map, map);
  },
);
