import { SQL } from "bun";
import { AppError, systemCode } from "../errors.ts";

/** What statements are given to: the pool, or one transaction. */
export type Statements = Pick<SQL, "unsafe">;

export interface Connection {
  /** One statement by itself. */
  run<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Several in one transaction. Started again where the server or another transaction broke it, so it must be idempotent. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Transaction {
  run<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Connections that are open at most; each is opened when it is needed. */
const mostConnections = 8;
/** Waits before a further try, in milliseconds: together as long as a server takes that starts anew. */
const waits = [0, 50, 200, 500, 1000, 2000];

/** Opens a pool. Nothing is sent before the first statement. `onStatement` is told of each that has ended, without its values. */
export function connectPostgres(
  url: string,
  onStatement?: (statement: string, milliseconds: number) => void,
): Connection {
  const pool = new SQL({
    url,
    max: mostConnections,
    idleTimeout: 60,
    connectionTimeout: 10,
    // A pooler in transaction mode may give every statement to another server process.
    prepare: false,
  });
  const over = (to: Statements): Transaction["run"] => {
    return async <Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> => {
      const started = performance.now();
      try {
        return (await to.unsafe(statement, values as never)) as Row[];
      } finally {
        onStatement?.(statement, performance.now() - started);
      }
    };
  };
  return {
    run: (statement, values) => retrying(() => over(pool)(statement, values)),
    transaction: (work) =>
      retrying(() => pool.begin((tx) => work({ run: over(tx) }))) as Promise<never>,
    close: () => pool.close({ timeout: 5 }),
  };
}

async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of waits) {
    if (wait > 0) await Bun.sleep(wait);
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || wait === waits.at(-1)) throw error;
    }
  }
  throw new Error("no try was made");
}

/** What is to be thrown where a database cannot be used: the error itself where it says what to do. */
export function unopened(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // Its message may repeat the address with its password, so it is kept as the cause alone.
  const reason = isPassing(error) ? "it cannot be reached" : "it refuses what is asked of it";
  return new AppError("failed", `cannot open the service's database: ${reason}`, {
    hint: "look at host, user, password and database in `--database`, and that the user may create tables",
    cause: error,
  });
}

/** The SQLSTATE of an error, where it has one. */
export function stateOf(error: unknown): string {
  const state = (error as { errno?: unknown } | null)?.errno;
  return typeof state === "string" ? state : "";
}

/** Whether the same may succeed in a moment: the connection ended, the server stops or starts, transactions collided. */
export function isPassing(error: unknown): boolean {
  const code = systemCode(error) ?? "";
  if (/^(?:57P0[123]|08...|40001|40P01|53300)$/.test(stateOf(error))) return true;
  return /^(?:ERR_POSTGRES_CONNECTION|ERR_POSTGRES_LIFETIME|ERR_POSTGRES_IDLE|ECONN|EPIPE|ENOENT|FailedToOpenSocket)/.test(
    code,
  );
}
