import { RE2JS } from 're2js';

/** Charges a pattern for the characters that it looks at. */
export type Charge = (steps: number) => void;

/** Larger automata are refused: the work per character grows with their size. */
const MAX_PROGRAM = 2_000;

/** How many instructions of an automaton cost one step per character. */
const PROGRAM_PER_STEP = 4;

/** The names that ECMAScript allows before a Unicode property value; RE2 takes only the value. */
const PROPERTY_NAME = /\\([pP])\{(?:Script|sc|General_Category|gc)=([^}]*)\}/g;

/** A regular expression that runs in linear time. */
export interface LinearRegExp {
  test(text: string): boolean;
  toString(): string;
}

/**
 * Compiles a pattern for an engine that does not backtrack (RE2). Patterns it cannot run are refused: backreferences
 * and lookaround (https://github.com/google/re2/wiki/Syntax).
 *
 * @throws Error if the pattern is invalid, or the engine cannot run it
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
