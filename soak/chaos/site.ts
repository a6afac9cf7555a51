import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../local/stack';
import { REGION } from '../../local/template/template';

const FUNCTIONS = ['ingest', 'route', 'deliver', 'aggregate', 'api', 'manage', 'sweep'] as const;

type Options = Omit<LocalStackOptions, 'port' | 'dbPath'> & { readonly dbPath: string };

/** The stack of a run: it is restarted now and then, on the same data and at the same address. */
export class Site {
  private constructor(
    private readonly options: Options,
    private running: LocalStack,
    private readonly port: number,
  ) {}

  static async start(options: Options): Promise<Site> {
    const stack = await startLocalStack(options);
    return new Site(options, stack, Number(new URL(stack.apiUrl).port));
  }

  /** The stack as it runs now; another one after each restart. */
  get stack(): LocalStack {
    return this.running;
  }

  /** Ends every worker in the middle of what it does, then everything else, and starts again. */
  async restart(): Promise<void> {
    await Promise.all(FUNCTIONS.map((name) => this.running.killWorkers(name)));
    await this.running.stop();
    this.running = await startLocalStack({ ...this.options, port: this.port });
  }

  /** Starts a redrive of the whole dead-letter queue; answers with an HTTP status. */
  async redrive(): Promise<number | undefined> {
    const { endpoints, outputs } = this.running;
    const sqs = new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
    try {
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: outputs.DeadLetterQueueArn }));
      return 200;
    } catch (error) {
      // One is running already, or the stack is being restarted.
      return error instanceof Error && error.name === 'InvalidParameterValue' ? 400 : undefined;
    } finally {
      sqs.destroy();
    }
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}
