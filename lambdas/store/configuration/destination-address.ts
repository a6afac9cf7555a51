import type { Destination } from '../../configuration/destination';

/** The key under which a destination is cached. */
export const destinationAddress = ({ environment, id }: Pick<Destination, 'environment' | 'id'>): string =>
  `${environment}/${id}`;

/** Turns a read by environment and id into one by {@link destinationAddress}, the key of the cache. */
export const byAddress =
  <Value>(read: (environment: string, id: string) => Promise<Value>) =>
  (address: string): Promise<Value> => {
    const [environment = '', id = ''] = address.split('/');
    return read(environment, id);
  };
