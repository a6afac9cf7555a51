// Loads a bundle as the Lambda runtime does at a cold start, and says how much processor time that took: loading is nothing
// but computing, and other programs on the machine do not count.
import { pathToFileURL } from 'node:url';

const before = process.cpuUsage();
await import(pathToFileURL(process.argv[2]).href);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`\n${JSON.stringify({ initMs: (user + system) / 1000 })}\n`, () => process.exit(0));
