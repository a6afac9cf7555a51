import { readEnvironment } from '../environment';
import { logger } from '../log';
import { openTable } from '../store/table';
import { resumeParked } from './resume-parked';

const environment = readEnvironment('sweep');
const table = openTable(environment.TABLE_NAME);
const settings = { shards: environment.TIMELINE_SHARDS, limit: 1000 };

/** Every minute: the repairs that nothing else would make. */
export async function handler(): Promise<{ readonly resumed: number }> {
  const resumed = await resumeParked(table, settings, Date.now);
  logger.info('swept', { resumed });
  return { resumed };
}
