import type { Endpoint } from './endpoint';

/** Needs no key and reads nothing: it says that the function answers. */
export const health: Endpoint = {
  public: true,
  handle: async () => ({ status: 200, body: { status: 'ok' } }),
};
