import { writeFileSync } from 'node:fs';
import { openApiText } from '../openapi/document';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), openApiText());
