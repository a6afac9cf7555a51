import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { FunctionName } from '../../lambdas/runtime/environment';
import { textOf } from './policies';
import { theOnly } from './synthesized';

const schema = z.object({ Variables: z.record(z.string(), z.unknown().transform(textOf)) });

/** The environment variables of a function as texts, with references of the template written as `<Id>`. */
export function variablesOf(template: Template, name: FunctionName): Record<string, string> {
  const { properties } = theOnly(template, 'AWS::Lambda::Function', `/Functions/${name}/`);
  return schema.parse(properties.Environment).Variables;
}
