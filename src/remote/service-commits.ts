import type { WireCommit } from "../schema/commit-counts.ts";
import type { Answer } from "./answer.ts";
import { jsonBody } from "./body.ts";
import { refusalOf } from "./refusal.ts";
import { Accident } from "./retry.ts";
import { type ServiceConnection, invalidAnswer } from "./service-connection.ts";

/** What git counts of a project's commits, on a service that takes it (`commit-counts`). */
export function createServiceCommits({ client, project, encoding }: ServiceConnection) {
  const post = async <T>(
    path: string,
    body: object,
    read: (answer: Answer) => Promise<T>,
  ): Promise<T> =>
    client.exchange({
      method: "POST",
      path,
      body: jsonBody(JSON.stringify({ project_id: project, ...body }), await encoding()),
      async read(answer) {
        if (answer.status !== 200) throw await refusalOf(answer);
        return read(answer);
      },
    });
  return {
    /** Of these commits those that the service has no counts of, in their order. */
    missingCommits: (commits: readonly string[]): Promise<string[]> =>
      post("/api/v1/commits/missing", { commits }, async (answer) => {
        const { missing } = await answer.json();
        if (!Array.isArray(missing)) {
          throw new Accident(invalidAnswer(`${answer.from} did not say which commits it lacks`));
        }
        const asked = new Set(missing);
        return commits.filter((sha) => asked.has(sha));
      }),
    sendCommits: (items: readonly WireCommit[]): Promise<void> =>
      post("/api/v1/commits", { items }, async (answer) => void (await answer.json())),
  };
}
