// Stands for `node:stream/web` in the bundles: loading that at start makes Node build all of its web streams, for a
// middleware that asks at most whether something is one.
export const ReadableStream = {
  [Symbol.hasInstance]: (value) => value instanceof globalThis.ReadableStream,
};
