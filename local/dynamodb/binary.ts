import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LocalStackError } from '../errors';

/**
 * Path of the dynoxide binary. npm installs it as an optional package, on Linux with an x64 processor only.
 *
 * @throws LocalStackError when it is not installed
 */
export function dynoxideBinary(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
  } catch {
    throw new LocalStackError(
      `The DynamoDB engine (npm package @dynoxide/linux-x64) is not installed on ${process.platform}-${process.arch}: ` +
        'start DynamoDB Local with -sharedDb and set AWS_ENDPOINT_URL_DYNAMODB to its address.',
    );
  }
}
