import { encodedJson } from "../../http/compression.ts";
import { HttpError, badRequest } from "../../http/http-error.ts";
import { type Call, holdingSlot, optionalText, readObject } from "../route.ts";
import { bucketDigests, bucketRows } from "../row-digests.ts";
import { resourceOf, tenantOf, timeOf } from "./named-rows.ts";

/** A ledger and what it was before it was replaced. */
export async function versions(call: Call): Promise<Response> {
  const tenant = await tenantOf(call, call.query.get("project_id"));
  const { records } = call.deployment;
  const all = await records.versions(tenant, "ledgers", call.parameters["commit_sha"] ?? "");
  if (all.length === 0) throw new HttpError(404, "not_found", "the project has no such row");
  const items = all.map(({ text, writer, place, replaced_at }) => {
    const about = JSON.stringify({
      user_id: writer,
      place: timeOf(place),
      replaced_at: timeOf(replaced_at),
    });
    return `{"ledger":${text},${about.slice(1)}`;
  });
  const body = new TextEncoder().encode(`{"items":[\n${items.join(",\n")}\n]}`);
  return encodedJson(body, call.request.headers.get("Accept-Encoding"));
}

/** Digests of all rows by bucket, or the rows of some buckets. */
export async function digest(call: Call): Promise<Response> {
  const { records } = call.deployment;
  const resource = resourceOf(call);
  const asked = await readObject(call);
  const tenant = await tenantOf(call, asked["project_id"] ?? call.query.get("project_id"));
  const { buckets } = asked;
  const answer = async (): Promise<object> => {
    if (buckets === undefined || buckets === null) {
      const { last, ...all } = await bucketDigests(records, tenant, resource);
      return { ...all, last: timeOf(last) };
    }
    if (!Array.isArray(buckets) || !buckets.every(isByte)) {
      throw badRequest("invalid_buckets", "`buckets` must be a list of numbers from 0 to 255");
    }
    const after = optionalText(asked, "after") ?? "";
    const { last, more, rows } = await bucketRows(records, tenant, { resource, buckets, after });
    const next = more ? { more, after: rows.at(-1)?.key } : {};
    return { rows, ...next, last: timeOf(last) };
  };
  return holdingSlot(call, async () =>
    encodedJson(
      new TextEncoder().encode(JSON.stringify(await answer())),
      call.request.headers.get("Accept-Encoding"),
    ),
  );
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
}
