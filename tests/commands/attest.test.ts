import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAnchor } from "../../src/git/anchor.ts";
import { readLedger } from "../../src/schema/ledger.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { gate } from "../support/gate.ts";
import { installPython, runProgram } from "../sync/python-client.ts";

const page = readFileSync("docs/attestations.md", "utf8");
const scripts = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = ""]) => text).slice(-3);

async function linked(): Promise<AgentSession> {
  const session = await agentSession();
  await session.write("a.ts", "one\ntwo\n");
  await session.commit();
  return session;
}

interface Shown {
  readonly ledger: { readonly attestations?: readonly object[] } | null;
}

async function verify(session: AgentSession, ...args: string[]) {
  const { exitCode, stdout, stderr } = await session.run(["verify", "--attestations", ...args]);
  return { exitCode, said: stdout + stderr };
}

/** Appends a ledger as somebody would who changed the newest one by hand. */
function tamper(session: AgentSession, change: (ledger: Record<string, unknown>) => object): void {
  const id = createAnchor(session.repo.repository);
  const { ledgers } = projectPaths(join(session.home, ".agent-trace"), id);
  const text = readFileSync(ledgers, "utf8");
  const last = JSON.parse(text.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  writeFileSync(ledgers, `${text}${JSON.stringify(change(last))}\n`);
}

test("a key is made once, for its owner alone, and is what signs where there is no other", async () => {
  using session = await linked();
  expect(await session.run(["attest"])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("`agent-trace attest keygen` makes one"),
  });
  const made = await session.run(["attest", "keygen", "--name", "ci@example.com"]);
  expect(made.stdout).toMatch(/^ci@example\.com namespaces="agent-trace" ssh-ed25519 AAAA\S+\n$/);
  const secret = join(session.home, ".agent-trace", "attest-key.pem");
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  const before = readFileSync(secret, "utf8");
  expect(await session.run(["attest", "keygen"])).toMatchObject({ exitCode: 2, stdout: "" });
  expect(readFileSync(secret, "utf8")).toBe(before);
  expect((await session.run(["attest"])).stdout).toBe("Signed the ledgers of 1 commit\n");
  expect((await session.run(["attest"])).stdout).toBe(
    "Signed the ledgers of 0 commits\n1 commit had been signed before\n",
  );
  expect(made.stdout + made.stderr).not.toContain("PRIVATE");
  expect(await verify(session)).toEqual({
    exitCode: 0,
    said: expect.stringContaining("signed by your own key"),
  });
});

test("what was changed after it was signed is refused, and what nobody signed is named", async () => {
  using session = await linked();
  expect(await verify(session)).toMatchObject({
    exitCode: 0,
    said: expect.stringContaining("nobody signed"),
  });
  await session.run(["attest", "keygen"]);
  await session.run(["attest"]);
  const [signed] = (await session.json<Shown>(["ledger", "show"])).ledger?.attestations ?? [];
  tamper(session, (ledger) => {
    const text = JSON.stringify(ledger["files"]).replace('"end_line":2', '"end_line":1');
    return { ...ledger, files: JSON.parse(text) as object };
  });
  expect(await verify(session)).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining("claims other lines"),
  });
  await session.run(["attest"]);
  expect((await verify(session)).exitCode).toBe(0);
  // A statement about one commit says nothing of another.
  await session.write("b.ts", "three\n");
  await session.commit();
  tamper(session, (ledger) => ({ ...ledger, attestations: [signed] }));
  expect(await verify(session)).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining("about another commit"),
  });
  tamper(session, (ledger) => {
    const { payload, ...rest } = signed as { payload: string };
    const changed = Buffer.from(payload, "base64")
      .toString()
      .replace('"made_at":"2', '"made_at":"3');
    const envelope = { ...rest, payload: Buffer.from(changed).toString("base64") };
    return { ...ledger, attestations: [envelope] };
  });
  expect(await verify(session)).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining("the signature does not hold"),
  });
  const none = join(session.home, "none");
  writeFileSync(none, "");
  expect(await verify(session, "HEAD~1", "--trusted", none)).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/not trusted here: SHA256:\S+/),
  });
});

test("what is no attestation is passed over, whatever it holds", () => {
  const ledger = { commit_sha: "c", version: "2.0", trace_ids: [], files: {} };
  const sound = { payloadType: "t", payload: "AAAA", signatures: [{ keyid: "k", sig: "AAAA" }] };
  const many = Array.from({ length: 1000 }, () => sound);
  for (const [attestations, count] of [
    [[sound], 1],
    [[null, 1, [], {}, { ...sound, payload: "\u001b" }, { ...sound, signatures: [] }], 0],
    ["x", 0],
    [many, 16],
    [[{ ...sound, payload: "A".repeat(5_000_000) }], 0],
  ] as const) {
    expect(readLedger({ ...ledger, attestations })?.attestations?.length ?? 0).toBe(count);
  }
});

const programs = ["jq", "openssl", "ssh-keygen"];

gate(
  "programs that are not ours check both kinds of signatures, as the page says",
  { needs: programs },
  async () => {
    using session = await linked();
    const work = join(session.home, "check");
    mkdirSync(work);
    const check = async (script: string) => {
      const file = join(work, "attestation.json");
      const [signed] = (await session.json<Shown>(["ledger", "show"])).ledger?.attestations ?? [];
      writeFileSync(file, JSON.stringify(signed));
      // The first line asks this program, whose answer is there already.
      const parts = (scripts[0] ?? "").split("\n").slice(1).join("\n");
      const run = async () =>
        (await runProgram(["sh", "-ec", `${parts}\n${script}`], { cwd: work })).exitCode;
      const whole = await run();
      const changed = parts.replace(
        "base64 -d > statement.json",
        "base64 -d | tr 1 2 > statement.json",
      );
      const broken = await runProgram(["sh", "-ec", `${changed}\n${script}`], { cwd: work });
      return { whole, broken: broken.exitCode !== 0 };
    };

    await session.run(["attest", "keygen"]);
    await session.run(["attest"]);
    const pem = readFileSync(join(session.home, ".agent-trace", "attest-key.pub.pem"));
    writeFileSync(join(work, "attest-key.pub.pem"), pem);
    expect(await check(scripts[1] ?? "")).toEqual({ whole: 0, broken: true });

    const key = join(session.home, "id");
    await runProgram(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
    const line = readFileSync(`${key}.pub`, "utf8");
    writeFileSync(join(work, "allowed_signers"), `ada@example.com ${line}`);
    session.repo.run(["config", "gpg.format", "ssh"]);
    session.repo.run(["config", "user.signingKey", key]);
    await session.write("b.ts", "three\n");
    await session.commit();
    expect((await session.run(["attest"])).stdout).toBe("Signed the ledgers of 1 commit\n");
    expect(await check(scripts[2] ?? "")).toEqual({ whole: 0, broken: true });
    const trusted = join(work, "allowed_signers");
    expect(await verify(session, "--trusted", trusted)).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining("signed by ada@example.com"),
    });
  },
);

const libraries = ["in-toto-attestation==0.9.3", "securesystemslib==1.6.0", "cryptography"];
const reading = `
import json, sys
from google.protobuf.json_format import ParseDict
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
value = json.load(open(sys.argv[1]))
Statement.copy_from_pb(ParseDict(json.loads(__import__("base64").b64decode(value["payload"])), statement_pb2.Statement())).validate()
key = SSlibKey.from_crypto(load_pem_public_key(open(sys.argv[2], "rb").read()), value["signatures"][0]["keyid"])
Envelope.from_dict(value).verify([key], 1)
`;
const python = await installPython(libraries, [
  "bin/python",
  "-c",
  "import in_toto_attestation, securesystemslib",
]);

test.skipIf("missing" in python)(
  "the libraries of in-toto and DSSE read and verify them",
  async () => {
    using session = await linked();
    await session.run(["attest", "keygen"]);
    await session.run(["attest"]);
    const [signed] = (await session.json<Shown>(["ledger", "show"])).ledger?.attestations ?? [];
    const file = join(session.home, "attestation.json");
    writeFileSync(file, JSON.stringify(signed));
    const pem = join(session.home, ".agent-trace", "attest-key.pub.pem");
    const program = "directory" in python ? join(python.directory, "bin/python") : "";
    const { exitCode, output } = await runProgram([program, "-c", reading, file, pem]);
    expect([exitCode, output]).toEqual([0, ""]);
  },
);
