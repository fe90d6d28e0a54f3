import { expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";

test("a project's token sees only blobs of that project, until its rows point to them", async () => {
  await using at = await testService();
  const org = await at.account("acme/app");
  const bound = await at.account("acme/app", { bound: true });
  const elsewhere = await at.account("acme/other", { bound: true });
  const send = (token: string, body: string) =>
    at.request("/api/v1/blobs", { method: "POST", token, body });
  const sees = async (token: string, text: string) =>
    (await at.request(`/api/v1/blobs/${sha256Hex(text)}`, { method: "HEAD", token })).status;
  await send(bound.token, "of app");
  await send(org.token, "of the org");
  expect([await sees(bound.token, "of app"), await sees(elsewhere.token, "of app")]).toEqual([
    200, 404,
  ]);
  expect([await sees(org.token, "of app"), await sees(bound.token, "of the org")]).toEqual([
    200, 404,
  ]);
  const pointer = (token: string) =>
    at.request("/api/v1/sync/conversations", {
      method: "POST",
      token,
      body: JSON.stringify({
        project_id: "app",
        items: [{ conversation_id: "k", content_sha256: sha256Hex("of the org") }],
      }),
    });
  // Pointing to bytes is no way to get at them.
  expect((await pointer(bound.token)).status).toBe(400);
  expect((await pointer(org.token)).status).toBe(200);
  expect(await sees(bound.token, "of the org")).toBe(200);
});

test("two orgs that sent the same bytes each keep theirs when the other's project goes", async () => {
  await using at = await testService();
  const acme = await at.account("acme/app", { bound: true });
  const umbrella = await at.account("umbrella/app", { bound: true });
  for (const { token } of [acme, umbrella]) {
    await at.request("/api/v1/blobs", { method: "POST", token, body: "shared" });
  }
  await at.request("/api/v1/projects/app", {
    method: "DELETE",
    admin: true,
    body: JSON.stringify({ org_id: acme.orgId }),
  });
  const id = sha256Hex("shared");
  const get = (token: string) => at.request(`/api/v1/blobs/${id}`, { token });
  expect((await get(acme.token)).status).toBe(404);
  expect(await (await get(umbrella.token)).text()).toBe("shared");
});
