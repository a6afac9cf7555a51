import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { z } from 'zod';
import type { World } from './world';

const packageFile = createRequire(import.meta.url).resolve('@hookstream/cli/package.json');

/** How a run of the program ended. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The published Hookstream program as it is, pointed at a stack with nothing but its environment variables. */
export class HookstreamCli {
  /** A home of its own, so that no configuration of this machine is read or written. */
  private readonly home = mkdtempSync(join(tmpdir(), 'posthorn-cli-'));

  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {
    // `whoami`, and the details that `test` shows, look for a key in this file before they look anywhere else.
    const folder = join(this.home, '.config', 'hookstream');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ api_key: key }));
  }

  /** Runs a command as a person does; whatever its exit code, it is answered. */
  run(...args: readonly string[]): Promise<CliResult> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      NO_COLOR: '1',
      HOOKSTREAM_BASE_URL: this.baseUrl,
      HOOKSTREAM_API_KEY: this.key,
    };
    const program = join(dirname(packageFile), 'dist', 'index.js');
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Runs a command that has to succeed; answers with what it printed for people. */
  async text(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`hookstream ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** Runs a command that has to succeed; answers with what it printed for programs. */
  async json<Schema extends z.ZodType>(schema: Schema, ...args: readonly string[]): Promise<z.output<Schema>> {
    return schema.parse(JSON.parse(await this.text('--json', ...args)));
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Makes programs that speak to a world with a key; what they keep on the disk is removed after all tests of the file. */
export function useHookstreamCli(world: () => World): (key: string) => HookstreamCli {
  const programs: HookstreamCli[] = [];
  afterAll(() => {
    for (const program of programs) program.dispose();
  });
  return (key) => {
    const program = new HookstreamCli(world().stack.apiUrl, key);
    programs.push(program);
    return program;
  };
}
