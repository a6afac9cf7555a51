import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReadyFiles } from '../../../local/cli/ready-files';

let folder: string;
let stackFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-ready-'));
  stackFile = join(folder, 'local.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const infoOf = (apiUrl: string) => ({
  apiUrl,
  apiKey: 'phk_test',
  endpoints: { dynamodb: 'd', sqs: 'q', scheduler: 's' },
  outputs: {},
});
const apiUrlIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')).apiUrl;

it('the first stack of a checkout keeps the file that says where it is, whatever a second one does', () => {
  const own = join(folder, 'second.json');
  const [first, second] = [new ReadyFiles(undefined, stackFile), new ReadyFiles(own, stackFile)];
  expect(first.write(infoOf('http://first'))).toBeUndefined();
  expect(second.write(infoOf('http://second'))).toContain(`process id ${process.pid}`);
  expect(apiUrlIn(stackFile)).toBe('http://first');
  expect(apiUrlIn(own)).toBe('http://second');

  second.remove();
  expect(existsSync(own)).toBe(false);
  expect(apiUrlIn(stackFile)).toBe('http://first');

  first.remove();
  expect(existsSync(stackFile)).toBe(false);
  const third = new ReadyFiles(undefined, stackFile);
  expect(third.write(infoOf('http://third'))).toBeUndefined();
  expect(apiUrlIn(stackFile)).toBe('http://third');
});

it('a file that a stack left behind when it was killed gives way', () => {
  writeFileSync(stackFile, JSON.stringify(infoOf('http://killed')));
  writeFileSync(`${stackFile}.lock`, JSON.stringify({ pid: 2 ** 30 }));
  expect(new ReadyFiles(undefined, stackFile).write(infoOf('http://new'))).toBeUndefined();
  expect(apiUrlIn(stackFile)).toBe('http://new');
});

it('a stack that never served removes nothing', () => {
  const first = new ReadyFiles(undefined, stackFile);
  first.write(infoOf('http://first'));
  new ReadyFiles(undefined, stackFile).remove();
  expect(apiUrlIn(stackFile)).toBe('http://first');
});
