/** Makes something when it is first asked for, and keeps it: schemas of items that a call may never read, for one. */
export function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
