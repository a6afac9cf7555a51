import type { Source } from '../../../lambdas/store/configuration';
import type { StoredEvent } from '../../../lambdas/store/events';
import { NOW, SOURCE, sourceOf } from './records';

/** Accepted events in memory, with a clock that can be set. */
export class PublishWorld {
  time = NOW;
  /** Ids of events whose write fails. */
  failing = false;
  source: Source | undefined = sourceOf();
  readonly events = new Map<string, StoredEvent>();
  writes = 0;

  now = (): number => this.time;

  put = async (event: StoredEvent): Promise<StoredEvent | undefined> => {
    this.writes += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failing) throw new Error('throttled');
    const found = this.events.get(event.base);
    if (!found) this.events.set(event.base, event);
    return found;
  };

  getSource = async (_environment: string, id: string): Promise<Source | undefined> => {
    return id === SOURCE ? this.source : undefined;
  };

  findSource = async (id: string): Promise<Source | undefined> => (id === SOURCE ? this.source : undefined);

  /** What is stored, as text. */
  bodies(): string[] {
    return [...this.events.values()].map(({ body }) => Buffer.from(body).toString('utf8'));
  }
}
