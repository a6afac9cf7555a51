import { readOptions } from './set-aside/options';
import { takeBack } from './set-aside/take-back';
import { OptionsError } from './verify/options';

// Otherwise the SDK prints its notice about Node 20 in the middle of the answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

try {
  const { left, report } = await takeBack(readOptions(process.argv.slice(2)), Date.now);
  process.stdout.write(report);
  process.exitCode = left === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof OptionsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
