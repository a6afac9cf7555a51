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
