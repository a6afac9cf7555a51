/** A small event. */
export const eventBody = (overrides: object = {}) => ({
  type: 'order.created',
  payload: { order: 42, total: '19.90' },
  ...overrides,
});

export const sourceBody = (overrides: object = {}) => ({ name: 'Shop', ...overrides });

/** A destination that gives up after one attempt. */
export const destinationBody = (url: string, overrides: object = {}) => ({
  name: 'Warehouse',
  url,
  retry_policy: { max_attempts: 1 },
  ...overrides,
});

export const connectionBody = (destinationId: string, overrides: object = {}) => ({
  name: 'Shop to warehouse',
  destination_id: destinationId,
  ...overrides,
});

/** A retry policy whose waits are all `seconds` long, give or take the jitter. */
export const retryEvery = (seconds: number, maxAttempts: number) => ({
  retry_policy: { max_attempts: maxAttempts, schedule: [seconds] },
});
