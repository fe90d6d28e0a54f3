import { type Bucket, type RowDigest } from "../schema/bucket-digests.ts";
import { isObject } from "../schema/is-object.ts";
import { type Resource, wireName } from "../schema/resource.ts";
import { jsonBody } from "./body.ts";
import { refusalOf } from "./refusal.ts";
import { type ServiceConnection, invalidAnswer } from "./service-connection.ts";

/** A service lists so many rows in an answer at most; in as many answers it has listed all that anyone has. */
const mostAnswers = 1000;

/** What a service says of its rows without sending them. */
export function createServiceDigests(connection: ServiceConnection) {
  const { client, project } = connection;

  const ask = async (resource: Resource, about: object): Promise<Record<string, unknown>> =>
    client.exchange({
      method: "POST",
      path: `/api/v1/sync/${wireName(resource)}/digest`,
      body: jsonBody(JSON.stringify({ project_id: project, ...about })),
      async read(answer) {
        if (answer.status !== 200) throw await refusalOf(answer);
        return answer.json();
      },
    });

  return {
    async bucketDigests(resource: Resource): Promise<Bucket[]> {
      const { buckets } = await ask(resource, {});
      if (Array.isArray(buckets) && buckets.length === 256 && buckets.every(isBucket))
        return buckets;
      throw invalidAnswer(`${client.from} gave no digests of ${resource}`);
    },

    async bucketRows(resource: Resource, buckets: readonly number[]): Promise<RowDigest[]> {
      const found: RowDigest[] = [];
      for (let after = "", answers = 0; answers < mostAnswers; answers++) {
        const { rows, more } = await ask(resource, { buckets, after });
        if (!Array.isArray(rows) || !rows.every(isRowDigest)) break;
        found.push(...rows);
        const last = rows.at(-1)?.key;
        if (more !== true) return found;
        if (last === undefined || last === after) break;
        after = last;
      }
      throw invalidAnswer(`${client.from} gave no digests of rows of ${resource}`);
    },
  };
}

function isBucket(value: unknown): value is Bucket {
  return (
    isObject(value) && typeof value["count"] === "number" && typeof value["digest"] === "string"
  );
}

function isRowDigest(value: unknown): value is RowDigest {
  return isObject(value) && typeof value["key"] === "string" && typeof value["digest"] === "string";
}
