type Code = 'ConflictException' | 'ResourceNotFoundException' | 'ValidationException';

const STATUS: Readonly<Record<Code, number>> = {
  ConflictException: 409,
  ResourceNotFoundException: 404,
  ValidationException: 400,
};

/** An error in the format of EventBridge Scheduler. */
export class ScheduleError extends Error {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }
}
