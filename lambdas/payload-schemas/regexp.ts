import { RE2JS } from 're2js';

/** What a pattern is charged for each character that it looks at. */
export type Charge = (steps: number) => void;

/** Automata larger than this are refused: the work for a character grows with them. */
const MAX_PROGRAM = 2_000;

/** Instructions of an automaton that are worth one step for a character. */
const PROGRAM_PER_STEP = 4;

/** The names that ECMAScript writes before the value of a Unicode property; RE2 knows the value alone. */
const PROPERTY_NAME = /\\([pP])\{(?:Script|sc|General_Category|gc)=([^}]*)\}/g;

/** A regular expression whose time is linear in what it looks at. */
export interface LinearRegExp {
  test(text: string): boolean;
  toString(): string;
}

/**
 * Compiles a pattern for an engine that does not backtrack (RE2). What that cannot do is refused: references to groups
 * and looking around (https://github.com/google/re2/wiki/Syntax).
 *
 * @throws Error when the pattern is none, or is one that the engine cannot run
 */
export function linearRegExp(pattern: string, charge: Charge): LinearRegExp {
  const expression = RE2JS.compile(RE2JS.translateRegExp(pattern.replaceAll(PROPERTY_NAME, '\\$1{$2}')));
  const size = expression.programSize();
  if (size > MAX_PROGRAM) throw new RangeError('the pattern is too large');
  const perCharacter = Math.ceil(size / PROGRAM_PER_STEP);
  return {
    test: (text) => {
      charge(perCharacter * (text.length + 1));
      return expression.test(text);
    },
    toString: () => pattern,
  };
}
