import type { Source } from '../../../lambdas/configuration/source';
import type { StoredEvent } from '../../../lambdas/store/events/events';
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

  putLatest = async (event: StoredEvent, first: StoredEvent, windowMs: number): Promise<boolean> => {
    this.writes += 1;
    await new Promise((resolve) => setImmediate(resolve));
    const current = this.events.get(first.base);
    if (current?.latest?.base !== first.latest?.base || current?.expiresAt !== first.expiresAt) return false;
    const { base, createdAt: at, fingerprint } = event;
    this.events.set(base, event);
    const expiresAt = Math.max(first.expiresAt ?? 0, Math.ceil((Date.parse(at) + windowMs) / 1000));
    this.events.set(first.base, { ...first, latest: { base, at, fingerprint }, expiresAt });
    return true;
  };

  /** Has an event expire at a time, as its retention would. */
  expire(base: string, at: number): void {
    const event = this.events.get(base);
    if (event) this.events.set(base, { ...event, expiresAt: Math.floor(at / 1000) });
  }

  /** Deletes what has expired, as the table does in its own time. */
  deleteExpired(): void {
    for (const [base, { expiresAt }] of this.events)
      if (expiresAt !== undefined && expiresAt * 1000 <= this.time) this.events.delete(base);
  }

  forget = async ({ base }: StoredEvent): Promise<void> => void this.events.delete(base);

  get = async (base: string): Promise<StoredEvent | undefined> => this.events.get(base);

  /** Fingerprints by the name of their key. */
  readonly keys = new Map<string, string>();

  useKey = async (name: string, fingerprint: string): Promise<boolean> => {
    const before = this.keys.get(name) ?? fingerprint;
    this.keys.set(name, before);
    return before === fingerprint;
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
