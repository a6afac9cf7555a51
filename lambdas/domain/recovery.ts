/** How a recovery stands: a job that replays what a destination failed to take. */
export const RECOVERY_STATUSES = ['running', 'done', 'cancelled'] as const;
