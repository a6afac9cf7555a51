import { runKeys } from './keys/command';

// Otherwise the SDK prints its notice about Node 20 in the middle of the answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

process.exitCode = await runKeys(process.argv.slice(2), {
  environment: process.env,
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  now: Date.now,
});
