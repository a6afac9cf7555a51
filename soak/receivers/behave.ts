import type { ServerResponse } from 'node:http';
import type { Behaviour } from './roles';

/** Bears the number of the answer, so that a recorded attempt can be matched with the very request it made. */
const RECEIPT_HEADER = 'x-soak-receipt';

const DRIP_MS = 100;

type Act = (response: ServerResponse, receipt: string) => void;

const answer =
  (status: number, headers: Readonly<Record<string, string>> = {}, afterMs = 0): Act =>
  (response, receipt) => {
    const send = () => response.writeHead(status, { [RECEIPT_HEADER]: receipt, ...headers }).end(`answer ${receipt}`);
    if (afterMs === 0) send();
    else setTimeout(send, afterMs);
  };

/** A body that never ends, a byte at a time: slower than any attempt may take. */
const drip: Act = (response, receipt) => {
  response.writeHead(200, { [RECEIPT_HEADER]: receipt, 'content-type': 'text/plain' });
  const timer = setInterval(() => response.write('.'), DRIP_MS);
  response.once('close', () => clearInterval(timer));
};

const ACTS: Readonly<Record<Behaviour, Act>> = {
  accept: answer(200),
  'slow accept': answer(202, {}, 400),
  'error 500': answer(500),
  'error 503': answer(503),
  'not found': answer(404),
  redirect: answer(302, { location: '/elsewhere' }),
  'busy, retry after': answer(429, { 'retry-after': '2' }),
  gone: answer(410),
  reset: (response) => void response.socket?.resetAndDestroy(),
  hang: () => {},
  drip,
  'cut body': (response, receipt) => {
    response.writeHead(200, { [RECEIPT_HEADER]: receipt, 'content-length': '1000' }).write('only this');
    setTimeout(() => response.socket?.destroy(), 20);
  },
};

/** Whether a request that is treated like this counts as accepted, once the answer has arrived. */
export const accepts = (behaviour: Behaviour): boolean => behaviour === 'accept' || behaviour === 'slow accept';

/** Does with a request what the plan says. */
export const act = (behaviour: Behaviour, response: ServerResponse, receipt: string): void =>
  ACTS[behaviour](response, receipt);
