import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { type Certificate, selfSigned } from './self-signed';

/** Servers of one test file on 127.0.0.1, and how to be rid of them. */
export class Servers {
  readonly #closing: (() => Promise<void>)[] = [];

  /** @returns the server's URL */
  async http(listener: RequestListener): Promise<string> {
    return `http://127.0.0.1:${await this.#listen(createHttp(listener))}`;
  }

  /** @returns the URL of a server whose certificate nobody vouches for, unless the sender is told to */
  async https(listener: RequestListener, certificate?: Certificate): Promise<string> {
    return `https://127.0.0.1:${await this.#listen(createHttps({ ...(certificate ?? (await selfSigned())) }, listener))}`;
  }

  /** @returns the URL of a server that does what it likes with its connections */
  async tcp(listener: (socket: Socket) => void): Promise<string> {
    return `http://127.0.0.1:${await this.#listen(createTcp(listener))}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((close) => close()));
  }

  async #listen(server: Server): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#closing.push(async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    });
    return (server.address() as AddressInfo).port;
  }
}
