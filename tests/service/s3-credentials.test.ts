import { expect, test } from "bun:test";
import { join } from "node:path";
import { s3Credentials } from "../../src/service/s3-credentials.ts";
import { temporaryDirectory } from "../support/directories.ts";

const url = "s3://bucket/prefix";
const lent = (expires: string) => ({
  AccessKeyId: "lent",
  SecretAccessKey: "secret",
  Token: "session",
  Expiration: expires,
});

test("keys of the URL go before those of the variables", async () => {
  const environment = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };
  expect(await s3Credentials("s3://u:p%2F@bucket", environment)()).toEqual({
    accessKeyId: "u",
    secretAccessKey: "p/",
  });
  expect(await s3Credentials(url, environment)()).toMatchObject({
    accessKeyId: "id",
    secretAccessKey: "key",
  });
});

test("a container's keys are asked for again before they end", async () => {
  let moment = Date.parse("2026-01-01T00:00:00Z");
  let asked = 0;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      if (request.headers.get("Authorization") !== "shown")
        return new Response("", { status: 401 });
      asked++;
      return Response.json(lent("2026-01-01T01:00:00Z"));
    },
  });
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${server.port}/keys`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "shown",
  };
  const credentials = s3Credentials(url, environment, { now: () => moment });
  expect(await credentials()).toMatchObject({ accessKeyId: "lent", sessionToken: "session" });
  await credentials();
  expect(asked).toBe(1);
  moment += 56 * 60 * 1000;
  await credentials();
  expect(asked).toBe(2);
});

test("an identity is shown for keys, and a machine lends them to who asks as it wants", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "identity");
  await Bun.write(file, "who I am\n");
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") {
        const form = new URLSearchParams(await request.text());
        expect([form.get("WebIdentityToken"), form.get("RoleArn")]).toEqual(["who I am", "a:role"]);
        return new Response(
          "<Credentials><AccessKeyId>sts</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>",
        );
      }
      if (request.method === "PUT") return new Response("a session");
      expect(request.headers.get("X-aws-ec2-metadata-token")).toBe("a session");
      return pathname.endsWith("/")
        ? new Response("machine-role")
        : Response.json(lent("2030-01-01T00:00:00Z"));
    },
  });
  const instance = `http://127.0.0.1:${server.port}`;
  const identity = {
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_ARN: "a:role",
    AWS_ENDPOINT_URL_STS: instance,
  };
  expect(await s3Credentials(url, identity)()).toMatchObject({ accessKeyId: "sts" });
  expect(await s3Credentials(url, {}, { instance })()).toMatchObject({ accessKeyId: "lent" });
});

test("without any keys it says which variables to set", async () => {
  const refused = s3Credentials(url, {}, { instance: "http://127.0.0.1:1" })();
  await expect(refused).rejects.toThrow("there are no credentials for the bucket");
});
