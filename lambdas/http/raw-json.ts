import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';
import { invalid } from './errors';

/**
 * The text of a value inside a JSON document exactly as it was written, with whitespace, number formats and duplicate
 * members, which parsing and serializing would lose.
 *
 * @param tree the document's tree (see {@link readTree}); the text is known to be valid JSON
 */
export function rawText(text: string, tree: Node, path: JSONPath): string | undefined {
  const node = lastMember(tree, path);
  return node && text.slice(node.offset, node.offset + node.length);
}

/**
 * The tree of a document that `JSON.parse` has accepted.
 *
 * @throws ApiError 400 for a document that is nested more deeply than the parser can follow
 */
export function readTree(text: string): Node {
  const tree = parseOrRefuse(text);
  if (!tree) throw new TypeError('The text is no JSON document.');
  return tree;
}

function parseOrRefuse(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('body', 'is nested too deeply');
    throw error;
  }
}

/** The last of duplicate members counts, as for `JSON.parse`; the library would take the first. */
function lastMember(tree: Node, path: JSONPath): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => {
    if (node?.type !== 'object') return node && findNodeAtLocation(node, [step]);
    const matches = node.children?.filter((property) => property.children?.[0]?.value === step);
    return matches?.at(-1)?.children?.[1];
  }, tree);
}
