/** What an update changes: attributes to set, attributes to remove. */
export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

/** The parts of an update that depend on its change. */
export interface UpdateParts {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** Builds an update expression. Every name gets a placeholder, so reserved words are no problem. */
export function updateOf({ set, remove = [] }: Change): UpdateParts {
  const assignments = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removals = remove.map((name) => `#${name}`);
  const expression = [
    assignments.length > 0 ? `SET ${assignments.join(', ')}` : '',
    removals.length > 0 ? `REMOVE ${removals.join(', ')}` : '',
  ];
  return {
    UpdateExpression: expression.filter(Boolean).join(' '),
    ExpressionAttributeNames: Object.fromEntries([...Object.keys(set), ...remove].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
  };
}

/** Adds a condition, with the names and values that only it uses, to an update. */
export function withCondition<Parts extends UpdateParts>(
  parts: Parts,
  condition: string,
  extra: { readonly names?: Record<string, string>; readonly values?: Record<string, unknown> } = {},
) {
  return {
    ...parts,
    ConditionExpression: condition,
    ExpressionAttributeNames: { ...parts.ExpressionAttributeNames, ...extra.names },
    ExpressionAttributeValues: { ...parts.ExpressionAttributeValues, ...extra.values },
  };
}

/** `#status IN (:from0, :from1)` with its values. */
export function statusIn(from: readonly string[]): {
  readonly condition: string;
  readonly values: Record<string, string>;
} {
  const values = Object.fromEntries(from.map((status, index) => [`:from${index}`, status]));
  return { condition: `#status IN (${Object.keys(values).join(', ')})`, values };
}
