// Loads a bundle as the Lambda runtime does at a cold start, and says how long that took.
import { pathToFileURL } from 'node:url';

const startedAt = performance.now();
await import(pathToFileURL(process.argv[2]).href);
const initMs = performance.now() - startedAt;
process.stdout.write(`\n${JSON.stringify({ initMs })}\n`, () => process.exit(0));
