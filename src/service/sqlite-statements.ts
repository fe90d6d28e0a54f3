import type { Database } from "bun:sqlite";

/** Told of a statement that has ended, without its values. */
export type OnStatement = (statement: string, milliseconds: number) => void;

const executing = ["get", "all", "values", "run"] as const;

/** Reports each statement that goes through `query`, `run` or an immediate transaction of this database from now on. */
export function reportStatements(database: Database, onStatement: OnStatement): void {
  const timed = <T>(statement: string, work: () => T): T => {
    const started = performance.now();
    try {
      return work();
    } finally {
      onStatement(statement, performance.now() - started);
    }
  };
  const query = database.query.bind(database);
  const run = database.run.bind(database);
  const transaction = database.transaction.bind(database);
  database.query = ((text: string) => {
    const statement = query(text);
    // Bun sets a statement's methods anew while it is used, so they are called from another object.
    return Object.fromEntries(
      executing.map((name) => [
        name,
        (...values: []) => timed(text, () => statement[name](...values)),
      ]),
    );
  }) as unknown as typeof database.query;
  database.run = ((text: string, ...values: []) =>
    timed(text, () => run(text, ...values))) as typeof database.run;
  // What is written gets to the disk at the end of a transaction.
  database.transaction = ((work: () => unknown) => {
    let worked = 0;
    const whole = transaction(() => {
      const answer = work();
      worked = performance.now();
      return answer;
    });
    const immediate = (): unknown => {
      const answer = whole.immediate();
      onStatement("COMMIT", performance.now() - worked);
      return answer;
    };
    return { immediate };
  }) as unknown as typeof database.transaction;
}
