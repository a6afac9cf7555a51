interface Parameters {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** What an update sets and removes, its placeholders resolved. */
export function changesOf({ UpdateExpression, ...parameters }: Parameters) {
  const names = parameters.ExpressionAttributeNames;
  const values = parameters.ExpressionAttributeValues;
  const [, sets = '', removes = ''] = /^(?:SET (.*?))?(?: ?REMOVE (.*))?$/.exec(UpdateExpression) ?? [];
  const pairs = sets ? sets.split(', ').map((part) => part.split(' = ') as [string, string]) : [];
  return {
    set: Object.fromEntries(pairs.map(([name, value]) => [names[name] ?? name, values[value]])),
    remove: removes ? removes.split(', ').map((name) => names[name] ?? name) : [],
  };
}

/** Placeholders that an expression uses but nobody defines, and that are defined but nobody uses: DynamoDB refuses both. */
export function looseEnds(parameters: Parameters & { readonly ConditionExpression?: string }): string[] {
  const text = `${parameters.UpdateExpression} ${parameters.ConditionExpression ?? ''}`;
  const used = new Set(text.match(/[#:][A-Za-z0-9_]+/g));
  const defined = new Set([
    ...Object.keys(parameters.ExpressionAttributeNames),
    ...Object.keys(parameters.ExpressionAttributeValues),
  ]);
  return [...used].filter((one) => !defined.has(one)).concat([...defined].filter((one) => !used.has(one)));
}
