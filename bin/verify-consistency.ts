import { OptionsError, readOptions } from './verify/options';
import { verify } from './verify/verify';

// Otherwise the SDK prints its notice about Node 20 in the middle of the answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

try {
  const { consistent, report } = await verify(readOptions(process.argv.slice(2)), Date.now);
  process.stdout.write(`${report}${consistent ? 'Everything agrees.' : 'There are differences.'}\n`);
  process.exitCode = consistent ? 0 : 1;
} catch (error) {
  if (!(error instanceof OptionsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
