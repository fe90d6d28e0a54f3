import { describe, expect, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkSignature } from "../../src/attestation/check-signature.ts";
import { type PublicKey, publicKeyOf } from "../../src/attestation/public-key.ts";
import { signedBytes } from "../../src/attestation/signed-bytes.ts";
import { readArmour } from "../../src/attestation/ssh-signature.ts";
import { allowedSigner, readAllowedSigners } from "../../src/attestation/trusted-keys.ts";
import { publicKeyIn } from "../../src/workflows/attesting/choose-signer.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url");
  return { secret: privateKey, key: publicKeyOf(raw) };
}

const unsigned = {
  payloadType: "application/vnd.in-toto+json",
  payload: Buffer.from('{"a":1}').toString("base64"),
};
const trust = (key: PublicKey) => [{ key, principal: "ada@example.com" }];

test("what is signed is type and payload behind their lengths, as DSSE's own example has it", () => {
  const example = {
    payloadType: "http://example.com/HelloWorld",
    payload: Buffer.from("hello world").toString("base64"),
  };
  expect(signedBytes(example).toString()).toBe(
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
});

test("a plain signature holds under its key alone, and not once a byte has changed", () => {
  const [ada, eve] = [newKey(), newKey()];
  const sig = sign(null, signedBytes(unsigned), ada.secret).toString("base64");
  const envelope = { ...unsigned, signatures: [{ keyid: ada.key.fingerprint, sig }] };
  expect(checkSignature(envelope, trust(ada.key))).toMatchObject({ kind: "good" });
  expect(checkSignature(envelope, trust(eve.key))).toEqual({
    kind: "unknown-key",
    keyid: ada.key.fingerprint,
  });
  const changed = { ...envelope, payload: Buffer.from('{"a":2}').toString("base64") };
  expect(checkSignature(changed, trust(ada.key))).toEqual({ kind: "bad" });
  const retyped = { ...envelope, payloadType: "application/json" };
  expect(checkSignature(retyped, trust(ada.key))).toEqual({ kind: "bad" });
});

describe("allowed signers", () => {
  const { key } = newKey();
  const at = new Date("2026-06-01T00:00:00Z");
  const line = (options: string): string => `ada@example.com ${options}ssh-ed25519 ${key.text} c`;
  test.each([
    ["a plain line", line(""), true],
    ["ours", allowedSigner({ key, principal: "ada@example.com" }), true],
    ["the namespace", line('namespaces="git,agent-trace" '), true],
    ["a pattern", line('namespaces="agent-*" '), true],
    ["another namespace", line('namespaces="git" '), false],
    ["an authority", line("cert-authority "), false],
    ["not any more", line('valid-before="20260101Z" '), false],
    ["not yet", line('valid-after="20270101Z" '), false],
    ["now", line('valid-after="20260101Z",valid-before="202701010000Z" '), true],
    ["a date in another form", line('valid-before="2026-01-01" '), false],
    ["a date that is none", line('valid-after="20261301Z" '), false],
    ["a namespace without quotes", line("namespaces=git "), false],
    ["a namespace said twice", line('namespaces="agent-trace",namespaces="git" '), false],
    ["an option of later versions", line('no-touch-required,namespaces="agent-trace" '), false],
    ["an authority in quotes", line('cert-authority="yes" '), false],
    ["a key in the comment of another one", line("ssh-rsa AAAAB3NzaC1yc2E "), false],
    ["a comment", `# ${line("")}`, false],
    ["another kind of key", "ada@example.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB", false],
    ["no key", "ada@example.com ssh-ed25519 AAAA", false],
  ])("%s", (_, text, counts) => {
    expect(readAllowedSigners(text, at).map(({ principal }) => principal)).toEqual(
      counts ? ["ada@example.com"] : [],
    );
  });
});

gate("signatures of ssh-keygen hold as OpenSSH made them", { needs: ["ssh-keygen"] }, () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "id");
  const keygen = (args: string[], input = "") => {
    const { exitCode, stdout } = Bun.spawnSync(["ssh-keygen", ...args], {
      stdin: Buffer.from(input),
      stderr: "ignore",
    });
    expect(exitCode).toBe(0);
    return stdout.toString();
  };
  keygen(["-q", "-t", "ed25519", "-N", "a passphrase", "-f", path]);
  // Its public half can be read without the passphrase, from either file.
  const key = publicKeyIn(readFileSync(path, "utf8"));
  expect(key).toEqual(publicKeyIn(readFileSync(`${path}.pub`, "utf8")));
  if (key === undefined) throw new Error("the key was not read");
  expect(keygen(["-l", "-f", `${path}.pub`])).toContain(key.fingerprint);
  keygen(["-p", "-P", "a passphrase", "-N", "", "-f", path]);
  const signature = (namespace: string): string => {
    writeFileSync(join(directory.path, "message"), signedBytes(unsigned));
    keygen(["-Y", "sign", "-q", "-n", namespace, "-f", path, join(directory.path, "message")]);
    const file = join(directory.path, "message.sig");
    const bytes = readArmour(readFileSync(file, "utf8"));
    writeFileSync(file, "");
    return bytes?.toString("base64") ?? "";
  };
  const envelope = (sig: string) => ({ ...unsigned, signatures: [{ keyid: "", sig }] });
  const good = signature("agent-trace");
  expect(checkSignature(envelope(good), trust(key))).toMatchObject({ kind: "good" });
  expect(checkSignature(envelope(good), [])).toEqual({
    kind: "unknown-key",
    keyid: key.fingerprint,
  });
  // One that was made for git must not pass for an attestation.
  Bun.spawnSync(["rm", join(directory.path, "message.sig")]);
  expect(checkSignature(envelope(signature("git")), trust(key))).toEqual({ kind: "bad" });
  const changed = { ...envelope(good), payload: Buffer.from('{"a":2}').toString("base64") };
  expect(checkSignature(changed, trust(key))).toEqual({ kind: "bad" });
  for (const cut of [0, 5, 40, 100]) {
    const torn = Buffer.from(good, "base64").subarray(0, cut).toString("base64");
    expect(checkSignature(envelope(torn), trust(key)).kind).not.toBe("good");
  }
});
