import { App, Validations } from 'aws-cdk-lib';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT, PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };
import { PosthornStack } from './posthorn-stack';
import { parseSettings } from './settings';

export interface AppOptions {
  /** Context values by key, as `-c key=value` gives them on the command line. */
  readonly context?: Record<string, unknown>;
  /** Folder for the synthesized template and assets; a temporary one if it is left out. */
  readonly outdir?: string;
}

// What the CLI sets by itself. Without the CLI (tests, the local stack) the template has to be the same.
const CLI_CONTEXT = {
  ...cdkJson.context,
  [PATH_METADATA_ENABLE_CONTEXT]: true,
  [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: true,
};

/**
 * The CDK app with its one stack, ready to be synthesized. Bundles the functions.
 *
 * @throws InvalidSettingsError for a context value that is unknown or out of range
 */
export function createApp(options: AppOptions = {}): { app: App; stack: PosthornStack } {
  const app = new App({
    context: { ...CLI_CONTEXT, ...options.context },
    analyticsReporting: false,
    ...(options.outdir !== undefined && { outdir: options.outdir }),
  });
  const stack = new PosthornStack(app, parseSettings(app.node.getAllContext()));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { app, stack };
}
