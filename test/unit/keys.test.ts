import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBServiceException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runKeys } from '../../bin/keys/command';

const documents = mockClient(DynamoDBDocumentClient);
const folder = mkdtempSync(join(tmpdir(), 'posthorn-keys-'));
const DEPLOYED = ['--org', 'acme', '--table', 'Posthorn-Table'];

async function keys(argv: readonly string[], environment: NodeJS.ProcessEnv = {}, stackFile = join(folder, 'none')) {
  let output = '';
  let errors = '';
  const exitCode = await runKeys(argv, {
    environment,
    stackFile,
    now: () => Date.parse('2026-03-01T12:00:00Z'),
    print: (text) => {
      output += text;
    },
    printError: (text) => {
      errors += text;
    },
  });
  return { exitCode, output, errors };
}

beforeEach(() => {
  documents.reset();
  process.env.AWS_REGION = 'eu-central-1';
});

afterEach(() => {
  rmSync(join(folder, 'local.json'), { force: true });
});

const awsError = { $metadata: {}, message: 'Requested resource not found: Table: x' };

describe('the keys command', () => {
  it('writes the hash of a new key and prints its secret once, never the hash', async () => {
    documents.resolves({});
    const { exitCode, output } = await keys(['create', ...DEPLOYED, '--environment', 'production', '--name', 'CI']);
    const [written] = documents.commandCalls(TransactWriteCommand);
    const item = written?.args[0].input.TransactItems?.[0]?.Put?.Item;
    expect(exitCode).toBe(0);
    expect(output.match(/phk_[\w-]{43}/g)).toHaveLength(1);
    expect(item).toMatchObject({ name: 'CI', environmentName: 'production', scopes: ['read', 'write', 'delete'] });
    expect(JSON.stringify(item)).not.toMatch(/phk_/);
    expect(output).not.toContain(item?.hash);
  });

  it('takes the table from POSTHORN_TABLE', async () => {
    documents.resolves({});
    await keys(['create', '--org', 'acme'], { POSTHORN_TABLE: 'From-Environment' });
    const [written] = documents.commandCalls(TransactWriteCommand);
    expect(written?.args[0].input.TransactItems?.[0]?.Put?.TableName).toBe('From-Environment');
  });

  it.each([
    ['no table is named', ['list', '--org', 'acme'], 'Name the table with --table or POSTHORN_TABLE'],
    [
      'no local stack runs',
      ['list', '--org', 'acme', '--local'],
      'No local stack is running: start one with npm start.',
    ],
    ['two places are named', ['list', '--org', 'a', '--local', '--endpoint', 'http://x'], 'not both'],
    ['a scope does not exist', ['create', ...DEPLOYED, '--scopes', 'admin'], 'There is no scope "admin"'],
    ['a date is none', ['create', ...DEPLOYED, '--expires', 'soon'], 'It takes an ISO 8601 date'],
    ['no organization is named', ['list', '--table', 'x'], "required option '--org <name>' not specified"],
    ['no key is named', ['revoke', ...DEPLOYED], "required option '--id <key>' not specified"],
    ['the command does not exist', ['delete'], "unknown command 'delete'"],
  ])('says so in one sentence when %s', async (_, argv, sentence) => {
    const { exitCode, output, errors } = await keys(argv);
    expect(exitCode).toBe(1);
    expect(output).toBe('');
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toContain(sentence);
    expect(documents.calls()).toHaveLength(0);
  });

  it('says that an organization does not exist', async () => {
    documents.on(GetCommand).resolves({});
    const { exitCode, errors } = await keys(['list', ...DEPLOYED]);
    expect([exitCode, errors]).toEqual([1, 'There is no organization acme.\n']);
  });

  it.each([
    ['the table does not exist', new ResourceNotFoundException(awsError), 'There is no table Posthorn-Table'],
    [
      'DynamoDB refuses',
      new DynamoDBServiceException({ ...awsError, name: 'AccessDeniedException', $fault: 'client' }),
      'DynamoDB refused the call: AccessDeniedException: Requested resource not found: Table: x.',
    ],
    [
      'there are no credentials',
      Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      'No AWS credentials were found: Could not load credentials from any providers.',
    ],
    ['there is no region', new Error('Region is missing'), 'No AWS region is set'],
  ])('says so in one sentence when %s', async (_, error, sentence) => {
    documents.rejects(error);
    const { exitCode, errors } = await keys(['list', ...DEPLOYED]);
    expect(exitCode).toBe(1);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toContain(sentence);
  });

  it('does not hide a defect behind a sentence', async () => {
    documents.rejects(new TypeError('x is not a function'));
    await expect(keys(['list', ...DEPLOYED])).rejects.toThrow(TypeError);
  });

  it('says that no local stack runs when one was killed and left its file behind', async () => {
    documents.restore();
    const stackFile = join(folder, 'local.json');
    const endpoints = { dynamodb: `http://127.0.0.1:${await closedPort()}` };
    writeFileSync(stackFile, JSON.stringify({ endpoints, outputs: { TableName: 'x' } }));
    const { exitCode, errors } = await keys(['list', '--org', 'acme', '--local'], {}, stackFile);
    expect([exitCode, errors]).toEqual([1, 'No local stack is running: start one with npm start.\n']);
  });
});

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
