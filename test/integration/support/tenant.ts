import {
  Api,
  type Call,
  connectionAnswer,
  type DeliveryView,
  deliveryPage,
  deliveryShape,
  destinationAnswer,
  eventAnswer,
  eventsAnswer,
  sourceAnswer,
} from './api';
import { eventually } from './eventually';
import { connectionBody, destinationBody, eventBody, sourceBody } from './factories';

/** Where deliveries of a test go. */
export interface Route {
  readonly destinationId: string;
  readonly connectionId: string;
  readonly signingSecret: string;
}

/** What a route is made of; factories fill in the rest. */
export interface RouteParts {
  readonly destination?: Readonly<Record<string, unknown>>;
  readonly connection?: Readonly<Record<string, unknown>>;
}

/** One environment with a key of its own: tests that share a stack do not see each other's events. */
export class Tenant {
  readonly api: Api;

  constructor(
    apiUrl: string,
    readonly key: string,
    /** `env_…` */
    readonly environment: string,
    /** Its name, and the one of its organization. */
    readonly names: { readonly organization: string; readonly environment: string },
  ) {
    this.api = new Api(apiUrl, key);
  }

  async createSource(overrides: object = {}): Promise<string> {
    const { source } = await this.api.ok(sourceAnswer, 'POST', '/v1/sources', { json: sourceBody(overrides) });
    return source.id;
  }

  async createDestination(url: string, overrides: object = {}) {
    const json = destinationBody(url, overrides);
    const { destination } = await this.api.ok(destinationAnswer, 'POST', '/v1/destinations', { json });
    return { id: destination.id, signingSecret: destination.signing_secret ?? '' };
  }

  async connect(destinationId: string, overrides: object = {}): Promise<string> {
    const json = connectionBody(destinationId, overrides);
    const { connection } = await this.api.ok(connectionAnswer, 'POST', '/v1/connections', { json });
    return connection.id;
  }

  /** Makes a destination at `url` and connects it. */
  async routeTo(url: string, { destination, connection }: RouteParts = {}): Promise<Route> {
    const { id, signingSecret } = await this.createDestination(url, destination);
    return { destinationId: id, connectionId: await this.connect(id, connection), signingSecret };
  }

  /** Publishes an event; answers with its id. */
  async publish(overrides: object = {}, call: Call = {}): Promise<string> {
    const json = eventBody(overrides);
    return (await this.api.ok(eventAnswer, 'POST', '/v1/events', { json, ...call })).event.id;
  }

  async publishBatch(events: readonly object[]): Promise<string[]> {
    const json = { events: events.map((one) => eventBody(one)) };
    const answer = await this.api.ok(eventsAnswer, 'POST', '/v1/events/batch', { json });
    return answer.events.map(({ id }) => id);
  }

  async eventStatus(id: string): Promise<string> {
    return (await this.api.ok(eventAnswer, 'GET', `/v1/events/${id}`)).event.status;
  }

  /** One page of the list of deliveries. */
  async deliveries(query: Readonly<Record<string, string | number>> = {}) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    return this.api.ok(deliveryPage, 'GET', `/api/deliveries?${search}`);
  }

  async delivery(id: string): Promise<DeliveryView> {
    return this.api.ok(deliveryShape, 'GET', `/api/deliveries/${id}?includeAttempts=true`);
  }

  async retry(id: string) {
    return this.api.call('POST', `/api/deliveries/${id}/retry`);
  }

  async pause(destinationId: string): Promise<void> {
    await this.api.ok(destinationAnswer, 'POST', `/v1/destinations/${destinationId}/pause`);
  }

  async resume(destinationId: string): Promise<void> {
    await this.api.ok(destinationAnswer, 'POST', `/v1/destinations/${destinationId}/resume`);
  }

  /** Waits until the first delivery of an event has a status, and answers with it and its attempts. */
  async reached(eventId: string, status: string, patienceMs?: number): Promise<DeliveryView> {
    const look = async () => {
      const [first] = (await this.deliveries({ eventId })).data;
      const seen = first && `${first.status} after ${first.attemptCount} attempts, last error ${first.error}`;
      if (!first || first.status !== status) throw new Error(`It is ${seen ?? 'not there yet'}.`);
      return first;
    };
    const { id } = await eventually(`a delivery of ${eventId} to be ${status}`, look, patienceMs);
    return this.delivery(id);
  }
}
