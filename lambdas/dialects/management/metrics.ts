import type { Granularity, Overview, VolumeRow } from '../../operations/answers';

/** The overview as the management surface writes it. */
export function writeOverview(
  { eventsToday, eventsThisWeek, today }: Overview,
  active: { readonly sources: number; readonly destinations: number },
  deadLetters: number,
) {
  return {
    events_today: eventsToday,
    events_this_week: eventsThisWeek,
    active_sources: active.sources,
    active_destinations: active.destinations,
    deliveries_today: today.total,
    success_rate_today: today.successRate,
    dlq_count: deadLetters,
  };
}

/** Clients of this surface shorten the id if there is no name, so it has to be a string. */
const NO_SOURCE = 'none';

/** Volume as the management surface writes it. */
export function writeVolume(rows: readonly VolumeRow[], names: ReadonlyMap<string, string>, granularity: Granularity) {
  const series = rows.map(({ bucket, source, events }) => ({
    bucket: new Date(bucket).toISOString(),
    source_id: source ?? NO_SOURCE,
    source_name: (source !== undefined && names.get(source)) || null,
    event_count: events,
  }));
  return { granularity, series };
}
