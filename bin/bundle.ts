import { ENVIRONMENTS, type FunctionName } from '../lambdas/runtime/environment';
import { bundle } from '../lib/bundle';
import { folderOf } from '../lib/bundles';

const names = Object.keys(ENVIRONMENTS) as FunctionName[];
await Promise.all(names.map((name) => bundle(`lambdas/functions/${name}/handler.ts`, folderOf(name))));
