import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { isSlug } from "../../src/schema/ids.ts";
import { isLoopback, parseRemoteUrl } from "../../src/schema/remote-url.ts";

const longest = "a".repeat(64);

describe("a remote's URL", () => {
  test.each([
    ["https://h/a/b", "https://h", "a", "b"],
    ["https://h/a/b/", "https://h", "a", "b"],
    ["http://127.0.0.1:5080/acme/my-repo", "http://127.0.0.1:5080", "acme", "my-repo"],
    ["http://[::1]:5080/acme/app", "http://[::1]:5080", "acme", "app"],
    ["https://h:443/a/b", "https://h", "a", "b"],
    ["https://h/at/a/b", "https://h/at/a/b", "a", "b"],
    ["https://h:8443/at/acme/v1.0_x/", "https://h:8443/at/acme/v1.0_x", "acme", "v1.0_x"],
    [`https://h/${longest}/0`, "https://h", longest, "0"],
  ])("%s", (text, baseUrl, org, project) => {
    const url = text.replace(/\/$/, "");
    const { origin } = new URL(text);
    expect(parseRemoteUrl(text)).toEqual({ url, baseUrl, origin, org, project } as never);
  });

  test.each([
    ["", "neither"],
    ["h/a/b", "neither"],
    ["//h/a/b", "neither"],
    ["ftp://h/a/b", "neither"],
    ["HTTPS://h/a/b", "neither"],
    ["file:///a/b", "neither"],
    ["https://h", "an org and a project"],
    ["https://h/", "an org and a project"],
    ["https://h/a", "an org and a project"],
    ["https://h/a/", "an org and a project"],
    ["https://h/a/b/c", "deeper"],
    ["https://h/x/a/b", "deeper"],
    ["https://h/at/a/b/c", "deeper"],
    ["https://h/at/a", "lacks its project"],
    ["https://h/A/b", "org is not a valid slug"],
    ["https://h/a/B", "project is not a valid slug"],
    ["https://h/at/A/b", "org is not a valid slug"],
    ["https://h//b", "org is not a valid slug"],
    ["https://h/a//", "valid slug"],
    ["https://h/a/..", "project is not a valid slug"],
    ["https://h/./b", "org is not a valid slug"],
    ["https://h/-a/b", "org is not a valid slug"],
    ["https://h/%61/b", "org is not a valid slug"],
    ["https://h/a/b%2fc", "project is not a valid slug"],
    ["https://h/ä/b", "org is not a valid slug"],
    [`https://h/a/${longest}a`, "project is not a valid slug"],
    ["https://u@h/a/b", "user name"],
    ["https://u:secret@h/a/b", "user name"],
    ["https://@h/a/b", "user name"],
    ["https://h/a/b?", "query"],
    ["https://h/a/b?x=y", "query"],
    ["https://h/a/b#", "fragment"],
    ["https://h/a/b#x", "fragment"],
    ["https://h/a/b c", "blank"],
    [" https://h/a/b", "neither"],
    ["https://h/a/b\n", "blank"],
    ["https://h\\a/a/b", "backslash"],
    ["https://h/a/\u001B[31mb", "control"],
    ["https://h:99999/a/b", "parsed"],
    ["https://[::1/a/b", "parsed"],
    ["https:///a/b", "no host"],
    ["http:////a/b", "no host"],
  ])("is not %j, which is told with the grammar", (text, part) => {
    let refusal: unknown;
    try {
      parseRemoteUrl(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AppError);
    const { code, exitCode, message, hint } = refusal as AppError;
    expect([code, exitCode, message]).toEqual(["invalid_url", 2, expect.stringContaining(part)]);
    expect(hint).toContain("<scheme>://<host>[:port]/<org>/<project>");
    expect(message).not.toContain("secret");
  });
});

test("loopback is this machine, and no name that only looks like it", () => {
  const here = ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"];
  const elsewhere = [
    "localhost.example",
    "127.example",
    "127.0.0.1.example",
    "10.0.0.1",
    "::2",
    "",
  ];
  expect(here.filter((host) => !isLoopback(host))).toEqual([]);
  expect(elsewhere.filter(isLoopback)).toEqual([]);
});

test("a slug is 1 to 64 of a-z 0-9 . _ - and begins with a letter or a digit", () => {
  const sound = ["a", "0", longest, "a.b_c-d", "9lives", "a..b"];
  const broken = [
    "",
    "A",
    "-a",
    ".a",
    "_a",
    "a/b",
    "a b",
    "ä",
    "a\n",
    `${longest}a`,
    "..",
    7,
    null,
  ];
  expect(sound.filter((slug) => !isSlug(slug))).toEqual([]);
  expect(broken.filter(isSlug)).toEqual([]);
});
