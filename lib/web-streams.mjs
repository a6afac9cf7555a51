// Stands for `node:stream/web` in the bundles: loading that at start makes Node build all of its web streams, for a
// middleware that asks at most whether something is one.
export class ReadableStream {
  static [Symbol.hasInstance](value) {
    return value instanceof globalThis.ReadableStream;
  }
}
