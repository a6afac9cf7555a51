import type { Server } from 'node:net';
import { codeOf, LocalStackError, messageOf } from '../errors';

/** The only address that the local stack listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * Starts listening on the loopback interface.
 *
 * @param port 0 for a free one
 * @returns the port
 * @throws LocalStackError if the port is taken or not allowed
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new LocalStackError(explain(port, error))));
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function explain(port: number, error: Error): string {
  if (codeOf(error) === 'EADDRINUSE')
    return `Port ${port} is taken by another program: choose another with --port, or --port 0 for a free one.`;
  return `Port ${port} cannot be listened on: ${messageOf(error)}.`;
}
