import { z } from 'zod';
import { loadAssembly } from '../../local/template/assembly';
import { synthesize } from '../../local/template/synthesize';

const properties = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** The environment of each function in the template, by service name; what CloudFormation would fill in is a placeholder. */
export async function environmentsOf(): Promise<Record<string, Record<string, string>>> {
  const app = await synthesize({});
  try {
    const { Resources } = loadAssembly(app.directory).template;
    const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    return Object.fromEntries(
      functions.map((resource) => {
        const { Variables } = properties.parse(resource.Properties).Environment;
        const filled = Object.entries(Variables).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : 'https://placeholder.example.com',
        ]);
        return [Variables.POWERTOOLS_SERVICE_NAME, Object.fromEntries(filled)];
      }),
    );
  } finally {
    app.remove();
  }
}
