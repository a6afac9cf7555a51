// Name lookups as they are on a machine whose DNS servers do not answer for some names.

/** No public name ends in this (RFC 6761, `test`). */
const STALLED = /\.stalled\.test$/i;

/** How long glibc waits for one server: two tries of five seconds. */
const RESOLVER_TIMEOUT_MS = 10_000;

const noAnswer = (hostname) =>
  Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), {
    code: 'EAI_AGAIN',
    syscall: 'getaddrinfo',
    hostname,
  });

/**
 * A lookup for which names under `stalled.test` get no answer. Like libuv, it lets lookups use half of the threads; the
 * others wait for one of these.
 *
 * @param {number} threads size of libuv's thread pool
 * @param {typeof import('node:dns').lookup} lookup resolves all other names
 */
export function stallingLookup(threads, lookup) {
  const queue = [];
  let free = Math.ceil(threads / 2);
  const next = () => {
    for (; free > 0 && queue.length > 0; free -= 1) queue.shift()();
  };
  return (hostname, ...rest) => {
    const callback = rest.pop();
    const done = (...answer) => {
      free += 1;
      next();
      callback(...answer);
    };
    queue.push(() => {
      if (STALLED.test(hostname)) setTimeout(done, RESOLVER_TIMEOUT_MS, noAnswer(hostname));
      else lookup(hostname, ...rest, done);
    });
    next();
  };
}
