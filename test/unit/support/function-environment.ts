/** Sets the variables that a function finds on AWS. To be called before its handler is imported. */
export function setEnvironment(name: string): void {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: 'Posthorn/test',
    TABLE_NAME: 'table',
    TIMELINE_SHARDS: '2',
    RETENTION_DAYS: '30',
    BODY_RETENTION_DAYS: '36500',
    DELIVERY_QUEUE_URL: 'https://sqs.example/1/deliveries',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.example/1/dead-letters',
    KEY_RATE_PER_SECOND: '10000',
    KEY_RATE_BURST: '20000',
    SET_ASIDE_QUEUE_URL: 'https://sqs.example/1/set-aside',
    MAX_RECEIVE_COUNT: '5',
    SCHEDULE_GROUP_NAME: 'retries',
    SCHEDULE_ROLE_ARN: 'arn:aws:iam::123456789012:role/schedules',
    SCHEDULER_THRESHOLD_SECONDS: '900',
    ALLOW_PLAIN_HTTP: 'true',
    ALLOW_LOOPBACK: 'true',
    BREAKER_THRESHOLD: '20',
    BREAKER_COOL_DOWN_SECONDS: '30',
    BREAKER_MAX_COOL_DOWN_SECONDS: '900',
  });
}
