import * as z from 'zod';
import type { ScheduleClock } from './clock';
import { type Schedule, scheduleInput, scheduleName } from './schedule';
import { ScheduleError } from './schedule-error';
import type { ScheduleStore } from './schedule-store';
import { isKnownTarget } from './targets';

/** A request of EventBridge Scheduler's REST protocol. */
export interface SchedulerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/**
 * Answers `CreateSchedule`, `GetSchedule`, `DeleteSchedule` and `ListSchedules`.
 *
 * @throws ScheduleError as the service answers
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 */
export function answerSchedulerRequest(store: ScheduleStore, clock: ScheduleClock, request: SchedulerRequest): unknown {
  const { method, path, query } = request;
  const [, collection, encodedName] = path.split('/');
  const group = query.get('groupName') ?? 'default';
  if (collection !== 'schedules') throw unknownOperation(request);
  if (encodedName === undefined && method === 'GET') return list(store, query);
  const name = parse(scheduleName, decodeURIComponent(encodedName ?? ''));
  switch (method) {
    case 'POST':
      return create(store, clock, name, request.body);
    case 'GET':
      return described(store.get(group, name));
    case 'DELETE':
      return remove(store, clock, group, name);
    default:
      throw unknownOperation(request);
  }
}

function create(store: ScheduleStore, clock: ScheduleClock, name: string, body: unknown): { ScheduleArn: string } {
  const input = parse(scheduleInput, body);
  if (!isKnownTarget(input.Target.Arn))
    throw new ScheduleError('ValidationException', `The local stack cannot start the target ${input.Target.Arn}.`);
  const isNew = store.find(input.GroupName, name) === undefined;
  const schedule = store.create(name, input);
  if (isNew) clock.watch(schedule);
  return { ScheduleArn: schedule.Arn };
}

function remove(store: ScheduleStore, clock: ScheduleClock, group: string, name: string): object {
  clock.forget(store.get(group, name));
  store.delete(group, name);
  return {};
}

function list(store: ScheduleStore, query: URLSearchParams): { Schedules: unknown[]; NextToken?: string } {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const state = query.get('State');
  const start = Number(query.get('NextToken') ?? 0);
  const end = start + Number(query.get('MaxResults') ?? 100);
  const found = store
    .all()
    .filter(({ GroupName, Name }) => (group === null || GroupName === group) && Name.startsWith(prefix))
    .filter(({ State }) => state === null || State === state);
  return { Schedules: found.slice(start, end).map(summary), ...(end < found.length && { NextToken: String(end) }) };
}

const summary = ({ Arn, CreationDate, GroupName, Name, State, Target }: Schedule) => ({
  Arn,
  CreationDate,
  GroupName,
  LastModificationDate: CreationDate,
  Name,
  State,
  Target: { Arn: Target.Arn },
});

function described({ completed, ClientToken, ...schedule }: Schedule): unknown {
  return { ...schedule, LastModificationDate: schedule.CreationDate };
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ScheduleError('ValidationException', z.prettifyError(parsed.error));
}

const unknownOperation = ({ method, path }: SchedulerRequest): ScheduleError =>
  new ScheduleError(
    'ValidationException',
    `The local stack does not emulate ${method} ${path} of EventBridge Scheduler.`,
  );
