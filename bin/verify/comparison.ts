/** One figure: as counted in the table, and as found elsewhere. */
export interface Row {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
}

/** Whether both values of a figure agree. */
export const agrees = ({ expected, found }: Row): boolean => expected === found;

/** A comparison for people: every figure that differs, and how many agree of each kind. */
export function reportOf(sections: readonly { readonly title: string; readonly rows: readonly Row[] }[]): string {
  const lines = sections.flatMap(({ title, rows }) => {
    const differing = rows.filter((row) => !agrees(row));
    const verdict = differing.length === 0 ? 'agree' : `${differing.length} DIFFER`;
    const details = differing.map(({ what, expected, found }) => `    ${what}: table ${expected}, found ${found}`);
    const shown =
      rows.length <= SHOWN_ROWS ? rows.filter(agrees).map(({ what, found }) => `    ${what}: ${found}`) : [];
    return [`${title}: ${rows.length} figures, ${verdict}`, ...details, ...shown];
  });
  return `${lines.join('\n')}\n`;
}

/** Sections with no more rows than this are shown in full. */
const SHOWN_ROWS = 24;
