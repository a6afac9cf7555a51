import type { Destination } from '../../configuration/destination';

/** The name under which an instance keeps a destination. */
export const destinationAddress = ({ environment, id }: Pick<Destination, 'environment' | 'id'>): string =>
  `${environment}/${id}`;

/** A reading by environment and id as one by {@link destinationAddress}, which is what a cache keeps things by. */
export const byAddress =
  <Value>(read: (environment: string, id: string) => Promise<Value>) =>
  (address: string): Promise<Value> => {
    const [environment = '', id = ''] = address.split('/');
    return read(environment, id);
  };
