import { Journal } from '../storage/journal';
import { ACCOUNT_ID, REGION } from '../template/template';
import { parseExpression } from './expression';
import type { Schedule, ScheduleInput } from './schedule';
import { ScheduleError } from './schedule-error';

type Line =
  | { readonly op: 'put'; readonly schedule: Schedule }
  | { readonly op: 'delete'; readonly group: string; readonly name: string };

const COMPACTION_LINES = 20_000;

/** The schedules. A change is on disk when a method returns. */
export class ScheduleStore {
  private readonly schedules = new Map<string, Schedule>();
  private readonly groups = new Set(['default']);
  private readonly log: Journal<Line>;

  constructor(path: string | undefined) {
    this.log = new Journal(path);
    for (const line of this.log.lines) this.apply(line);
    this.log.rewrite(this.all().map((schedule) => ({ op: 'put', schedule })));
  }

  addGroup(name: string): void {
    this.groups.add(name);
  }

  /**
   * Creates a schedule. A repeat of the same request, recognized by its client token, is answered like the first.
   *
   * @throws ScheduleError if the name is taken, the group is unknown or the expression is not understood
   */
  create(name: string, input: ScheduleInput): Schedule {
    if (parseExpression(input.ScheduleExpression) === undefined)
      throw new ScheduleError('ValidationException', `Invalid Schedule Expression ${input.ScheduleExpression}.`);
    if (!this.groups.has(input.GroupName))
      throw new ScheduleError('ResourceNotFoundException', `Schedule group ${input.GroupName} does not exist.`);
    const existing = this.find(input.GroupName, name);
    if (existing?.ClientToken !== undefined && existing.ClientToken === input.ClientToken) return existing;
    if (existing !== undefined) throw new ScheduleError('ConflictException', `Schedule ${name} already exists.`);
    const schedule = {
      ...input,
      Name: name,
      Arn: arnOf(input.GroupName, name),
      CreationDate: Math.floor(Date.now() / 1000),
    };
    this.write({ op: 'put', schedule });
    return schedule;
  }

  /** Replaces a schedule of the template with its new version. */
  replace(name: string, input: ScheduleInput): void {
    if (this.find(input.GroupName, name) !== undefined) this.delete(input.GroupName, name);
    this.create(name, input);
  }

  /** @throws ScheduleError if there is none */
  get(group: string, name: string): Schedule {
    const schedule = this.find(group, name);
    if (schedule !== undefined) return schedule;
    throw new ScheduleError('ResourceNotFoundException', `Schedule ${name} does not exist.`);
  }

  find(group: string, name: string): Schedule | undefined {
    return this.schedules.get(keyOf(group, name));
  }

  /** @throws ScheduleError if there is none */
  delete(group: string, name: string): void {
    this.get(group, name);
    this.write({ op: 'delete', group, name });
  }

  /** Marks a one-time schedule as completed. */
  complete(schedule: Schedule): void {
    this.write({ op: 'put', schedule: { ...schedule, completed: true } });
  }

  all(): Schedule[] {
    return [...this.schedules.values()];
  }

  close(): void {
    this.log.close();
  }

  private write(line: Line): void {
    this.log.append(line);
    this.apply(line);
    if (this.log.appended > COMPACTION_LINES) this.log.rewrite(this.all().map((schedule) => ({ op: 'put', schedule })));
  }

  private apply(line: Line): void {
    if (line.op === 'delete') this.schedules.delete(keyOf(line.group, line.name));
    else this.schedules.set(keyOf(line.schedule.GroupName, line.schedule.Name), line.schedule);
  }
}

const keyOf = (group: string, name: string): string => `${group}/${name}`;

const arnOf = (group: string, name: string): string =>
  `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule/${group}/${name}`;
