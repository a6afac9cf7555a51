import { allows } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import type { Delivery } from '../../store/deliveries/delivery-items';

/** Whether the attempt that a message asks for is still to be made, by this worker or by the one who is at it. */
export const isOpen = (message: DeliveryMessage, delivery: Delivery | undefined): delivery is Delivery =>
  delivery !== undefined && delivery.made === message.attempt - 1 && allows('park', delivery.status);
