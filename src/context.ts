import type { Environment } from "./environment.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What this program is; compiled in. */
export interface Program {
  readonly version: string;
  readonly commit: string;
  readonly target: string;
  /** The real path of the running program: what hooks call. */
  readonly path: string;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** False with `--no-input`: nothing is asked, even at a terminal. */
  readonly input: boolean;
  readonly offline: boolean;
  /** `-p`: a path or a local project id instead of the current directory. */
  readonly project: string | undefined;
}

export interface Stdin {
  readonly isTerminal: boolean;
  /** Reads all of it. Undefined where it holds more than `limit` bytes, or does not end within `timeout` milliseconds. */
  read(limit: number, timeout?: number): Promise<Uint8Array | undefined>;
  /** Lets a person type a line, which only `show` shows. Undefined where the person gives up. Missing without a terminal. */
  readLine?(ask: () => void, show?: (text: string) => void): Promise<string | undefined>;
  /** What comes, as it comes, for a command that answers before its end. */
  chunks(): ReadableStream<Uint8Array>;
}

/** All that a command may know of the world. Tests make one over buffers, without a process. */
export interface Context {
  readonly cwd: string;
  /** `AGENT_TRACE_HOME`, absolute. */
  readonly home: string;
  /** The person's home directory, where there is one. */
  readonly userHome: string | undefined;
  readonly environment: Environment;
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
  readonly stdin: Stdin;
  /** Aborted by SIGINT and SIGTERM with the `AppError` that is to be thrown. */
  readonly signal: AbortSignal;
  readonly program: Program;
  now(): Date;
}
