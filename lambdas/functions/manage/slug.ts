/** A slug from a name: `GitHub (main)` becomes `github-main`. A name without letters or digits gets `fallback`. */
export function slugOf(name: string, fallback: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 100).replace(/-$/, '') ?? fallback;
}
