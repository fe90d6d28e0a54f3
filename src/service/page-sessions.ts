import { sha256Hex } from "../schema/digest.ts";
import type { Statements } from "./operations.ts";
import type { Microseconds } from "./project.ts";

/** A browser that logged in: by a token, or (null) by the admin secret. */
export interface PageSession {
  readonly tokenId: string | null;
  /** Of an admin: what holds only as long as the secret is the same. */
  readonly proof: string | null;
}

/** Who has logged in to the team page. Kept in the database, so that every process knows them. */
export interface PageSessions {
  /** `key` is what the browser keeps; only its digest is stored. */
  begin(key: string, session: PageSession & { endsAt: Microseconds }): Promise<void>;
  find(key: string): Promise<PageSession | undefined>;
  end(key: string): Promise<void>;
}

/** Browsers that may be logged in with one token: who logs in again and again must not fill the table. */
const mostEach = 50;

/** The sessions of a database. */
export function sessionsOver({ run, now }: Pick<Statements, "run" | "now">): PageSessions {
  return {
    async begin(key, { tokenId, proof, endsAt }) {
      await run("DELETE FROM page_sessions WHERE ends_at < $1", [now()]);
      await run(
        `DELETE FROM page_sessions WHERE coalesce(token_id, '') = $1 AND hash NOT IN (
           SELECT hash FROM page_sessions WHERE coalesce(token_id, '') = $1
           ORDER BY ends_at DESC LIMIT ${mostEach - 1})`,
        [tokenId ?? ""],
      );
      await run(
        "INSERT INTO page_sessions (hash, token_id, proof, ends_at) VALUES ($1, $2, $3, $4)",
        [sha256Hex(key), tokenId, proof, endsAt],
      );
    },
    async find(key) {
      const [row] = await run<{ token_id: string | null; proof: string | null }>(
        "SELECT token_id, proof FROM page_sessions WHERE hash = $1 AND ends_at > $2",
        [sha256Hex(key), now()],
      );
      return row === undefined ? undefined : { tokenId: row.token_id, proof: row.proof };
    },
    async end(key) {
      await run("DELETE FROM page_sessions WHERE hash = $1", [sha256Hex(key)]);
    },
  };
}
