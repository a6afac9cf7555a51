import { z } from 'zod';
import type { Assembly } from '../../local/template/assembly';

/** What of a function's configuration has a price. */
export interface FunctionFacts {
  readonly logicalId: string;
  /** Its service name, such as `ingest`. */
  readonly name: string;
  readonly memoryMb: number;
  readonly arm: boolean;
  /** Whether Lambda writes START, END and REPORT lines. */
  readonly platformLogs: boolean;
}

const properties = z.object({
  MemorySize: z.number(),
  Architectures: z.array(z.string()).default(['x86_64']),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
  LoggingConfig: z.object({ SystemLogLevel: z.string().optional() }).default({}),
});

/** Lambda writes its lines about invocations at level INFO. */
const QUIET = ['WARN'];

/** Reads the functions of a template. */
export function factsOf({ template }: Assembly): FunctionFacts[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, resource]) => {
      const { MemorySize, Architectures, Environment, LoggingConfig } = properties.parse(resource.Properties);
      return {
        logicalId,
        name: Environment.Variables.POWERTOOLS_SERVICE_NAME,
        memoryMb: MemorySize,
        arm: Architectures.includes('arm64'),
        platformLogs: !QUIET.includes(LoggingConfig.SystemLogLevel ?? 'INFO'),
      };
    });
}

const mapping = z.object({
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  FunctionName: z.object({ Ref: z.string() }),
});

const batching = z.object({ batchSize: z.number(), windowSeconds: z.number() }).readonly();
const mappings = z.object({ route: batching, deliver: batching, aggregate: batching }).readonly();

/** What event source mappings say about their batches, by the function that each starts. */
export type Mappings = z.infer<typeof mappings>;

/** Reads the event source mappings of a template. */
export function mappingsOf(assembly: Assembly): Mappings {
  const names = new Map(factsOf(assembly).map(({ logicalId, name }) => [logicalId, name]));
  const found = propertiesOf(assembly, 'AWS::Lambda::EventSourceMapping').map((one) => mapping.parse(one));
  return mappings.parse(
    Object.fromEntries(
      found.map(({ FunctionName, BatchSize: batchSize, MaximumBatchingWindowInSeconds: windowSeconds }) => [
        names.get(FunctionName.Ref),
        { batchSize, windowSeconds },
      ]),
    ),
  );
}

const retention = z.object({
  Environment: z.object({ Variables: z.object({ RETENTION_DAYS: z.coerce.number() }) }),
});

/** How many days events and deliveries are kept. */
export function retentionOf(assembly: Assembly): number {
  const found = propertiesOf(assembly, 'AWS::Lambda::Function').flatMap((one) => retention.safeParse(one).data ?? []);
  return z.number().parse(found[0]?.Environment.Variables.RETENTION_DAYS);
}

const alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });

/** How many metrics the alarms of a template watch: each is billed, also where an alarm adds up several. */
export function alarmMetricsOf(assembly: Assembly): number {
  return propertiesOf(assembly, 'AWS::CloudWatch::Alarm').reduce<number>((sum, found) => {
    const { Metrics } = alarm.parse(found);
    return sum + (Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
  }, 0);
}

const stage = z.object({ AccessLogSettings: z.object({ Format: z.string() }) });

/** The format of the API's access log. */
export function accessLogFormatOf(assembly: Assembly): string {
  const [found] = propertiesOf(assembly, 'AWS::ApiGatewayV2::Stage');
  return stage.parse(found).AccessLogSettings.Format;
}

const propertiesOf = ({ template }: Assembly, type: string): unknown[] =>
  Object.values(template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
