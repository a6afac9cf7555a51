import { writeFileSync } from 'node:fs';
import { openApiText } from '../lambdas/openapi/document';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), openApiText());
