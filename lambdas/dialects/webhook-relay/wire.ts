import type { Delivery } from '../../store/deliveries/delivery-items';
import { listQueryWith } from '../hookbase/query';
import { type DestinationNames, writeDelivery as writeAsHookbase } from '../hookbase/wire';
import { statusesOfWord, wordOf } from './statuses';

/** Parameters of the list of deliveries. */
export const listQuery = listQueryWith(statusesOfWord);

/** A delivery: the members of the Hookbase surface, with this surface's words for the status. */
export function writeDelivery(delivery: Delivery, destination: DestinationNames | undefined) {
  return { ...writeAsHookbase(delivery, destination), status: wordOf(delivery.status) as string };
}
