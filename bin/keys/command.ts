import { Command, CommanderError, Option } from 'commander';
import { SCOPES } from '../../lambdas/store/access/api-keys';
import type { Table } from '../../lambdas/store/table/table';
import { type Answer, create, list, revoke } from './actions';
import { explain } from './errors';
import {
  type CreateOptions,
  type ListOptions,
  parseEndpoint,
  parseExpiry,
  parseName,
  parseScopes,
  type RevokeOptions,
  type TargetOptions,
} from './options';
import { openTarget, type Target, targetOf } from './target';

/** What the command needs from outside. */
export interface KeysWorld {
  readonly environment: NodeJS.ProcessEnv;
  print(text: string): void;
  printError(text: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** File in which the local stack says where it is; defaults to the project's own. */
  readonly stackFile?: string;
}

/**
 * Runs the operator's command for API keys. It talks to the table itself, so it needs AWS credentials and no key.
 *
 * @returns the exit code; refusals are printed in one sentence
 */
export async function runKeys(argv: readonly string[], world: KeysWorld): Promise<number> {
  try {
    await program(world).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already printed what was wrong.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

function program(world: KeysWorld): Command {
  const root = new Command('npm run keys --')
    .description('Makes, lists and revokes API keys.')
    .configureOutput({ writeOut: world.print, writeErr: world.printError })
    .exitOverride();
  addCreate(root, world);
  addList(root, world);
  addRevoke(root, world);
  return root;
}

function addCreate(root: Command, world: KeysWorld): void {
  targeted(root, 'create', 'make a key and print its secret, once')
    .option(
      '--environment <name>',
      'environment of the key, made on first use; a key of them all without it',
      parseName,
    )
    .option('--name <name>', 'what the key is for', parseName, 'operator')
    .option('--scopes <list>', `what the key may do: ${SCOPES.join(', ')}`, parseScopes, SCOPES)
    .option('--expires <date>', 'ISO 8601 date from which it no longer works', (text) => parseExpiry(text, world.now()))
    .action((options: CreateOptions, command: Command) =>
      run(command, world, options, (table) => create(table, options, world.now())),
    );
}

function addList(root: Command, world: KeysWorld): void {
  targeted(root, 'list', 'list the keys of an organization').action((options: ListOptions, command: Command) =>
    run(command, world, options, (table) => list(table, options)),
  );
}

function addRevoke(root: Command, world: KeysWorld): void {
  targeted(root, 'revoke', 'revoke a key')
    .requiredOption('--id <key>', 'id of the key, as list shows it')
    .action((options: RevokeOptions, command: Command) =>
      run(command, world, options, (table) => revoke(table, options, world.now())),
    );
}

function targeted(root: Command, name: string, description: string): Command {
  return root
    .command(name)
    .description(description)
    .requiredOption('--org <name>', 'name of the organization; create makes it on first use', parseName)
    .option('--table <name>', "the deployed stack's TableName output; POSTHORN_TABLE is read without it")
    .option('--local', 'the local stack that npm start runs', false)
    .addOption(new Option('--endpoint <url>', 'DynamoDB at this address').argParser(parseEndpoint))
    .option('--json', 'answer in JSON', false);
}

async function run(
  command: Command,
  { environment, print, stackFile }: KeysWorld,
  options: TargetOptions,
  action: (table: Table) => Promise<Answer>,
): Promise<void> {
  let target: Target | undefined;
  try {
    target = targetOf(options, environment, stackFile);
    const { text, json } = await action(await openTarget(target));
    print(options.json ? `${JSON.stringify(json, null, 2)}\n` : text);
  } catch (error) {
    const sentence = explain(error, target ?? {});
    if (sentence === undefined) throw error;
    command.error(sentence);
  } finally {
    target?.client.destroy();
  }
}
