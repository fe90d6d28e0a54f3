import { sign } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type PublicKey, readPublicKey } from "../../attestation/public-key.ts";
import { SshReader } from "../../attestation/ssh-bytes.ts";
import { namespace, readArmour } from "../../attestation/ssh-signature.ts";
import type { Environment } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { type Git, runGit } from "../../git/run-git.ts";
import { ownKeyPaths, readSecretKey } from "./own-key.ts";

/** Who signs, and how. */
export interface Signer {
  readonly key: PublicKey;
  /** The signature of these bytes, as an envelope takes it. */
  sign(message: Uint8Array): Promise<Buffer>;
}

export interface SignerChoice {
  readonly git: Git;
  readonly home: string;
  /** A file, as typed; undefined: git's own SSH signing key, else the one that `attest keygen` made. */
  readonly file: string | undefined;
  readonly cwd: string;
}

/** Throws `not_found` where there is no key, and `usage` where it is of a kind that cannot be used. */
export async function chooseSigner({ git, home, file, cwd }: SignerChoice): Promise<Signer> {
  if (file !== undefined) return signerIn(git, resolve(cwd, file));
  const configured = await gitSigningKey(git);
  if (configured !== undefined) return configured;
  const { secret } = ownKeyPaths(home);
  if (existsSync(secret)) return signerIn(git, secret);
  throw new AppError("not_found", "there is no key to sign with", {
    hint: "`agent-trace attest keygen` makes one, `--key <file>` names one; git's SSH signing key is used where there is one",
  });
}

/** Git's SSH signing key: a file, or the public key itself, of which an agent has the other half. */
export async function readGitSigningKey(
  git: Git,
): Promise<{ readonly file: string } | { readonly literal: string } | undefined> {
  if ((await readSetting(git, ["gpg.format"])) !== "ssh") return undefined;
  const setting = await readSetting(git, ["--type=path", "user.signingKey"]);
  if (setting === undefined) return undefined;
  const literal = setting.replace(/^key::/, "");
  if (/^ssh-\S+ /.test(literal)) return { literal };
  return { file: resolve(git.repository.workTree, setting) };
}

async function gitSigningKey(git: Git): Promise<Signer | undefined> {
  const configured = await readGitSigningKey(git);
  if (configured === undefined) return undefined;
  if ("file" in configured) return signerIn(git, configured.file);
  const { literal } = configured;
  const key = requireKey(keyInLine(literal), "git's `user.signingKey`");
  return {
    key,
    async sign(message) {
      // The other half is with an agent, which is asked by the public one.
      const directory = mkdtempSync(join(tmpdir(), "agent-trace-key-"));
      try {
        const file = join(directory, "key.pub");
        writeFileSync(file, `${literal}\n`, { mode: 0o600 });
        return await signBySsh(git, file, message);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

/** One value of git's configuration, as these arguments of `git config --get` ask for it. */
export async function readSetting(git: Git, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit(git, ["config", "--get", ...args]);
  const value = new TextDecoder().decode(stdout).replace(/\n$/, "");
  return exitCode === 0 && value !== "" ? value : undefined;
}

function signerIn(git: Git, file: string): Signer {
  const text = readKeyFile(file);
  const own = readSecretKey(text);
  if (own !== undefined) {
    return { key: own.key, sign: async (message) => sign(null, message, own.secret) };
  }
  const key = requireKey(publicKeyIn(text), file);
  return { key, sign: (message) => signBySsh(git, file, message) };
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new AppError("not_found", `cannot read the key ${file}`, {
      hint: "name a file that holds an ed25519 key",
      cause: error,
    });
  }
}

function requireKey(key: PublicKey | undefined, where: string): PublicKey {
  if (key !== undefined) return key;
  throw new AppError("usage", `${where} holds no ed25519 key`, {
    hint: "`ssh-keygen -t ed25519` makes one, `agent-trace attest keygen` one for attestations alone",
  });
}

function keyInLine(line: string): PublicKey | undefined {
  const [, blob] = /^ssh-ed25519\s+([A-Za-z0-9+/=]+)/.exec(line.trim()) ?? [];
  return blob === undefined ? undefined : readPublicKey(Buffer.from(blob, "base64"));
}

/** The public half in a file of OpenSSH: a public key, or a private one, which holds the other half unencrypted. */
export function publicKeyIn(text: string): PublicKey | undefined {
  const [, body] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? [];
  if (body === undefined) return keyInLine(text);
  try {
    const reader = new SshReader(Buffer.from(body.replace(/\s/g, ""), "base64"));
    if (reader.bytes(15).toString("latin1") !== "openssh-key-v1\0") return undefined;
    for (const _ of ["cipher", "derivation", "its options"]) reader.string();
    return reader.number() < 1 ? undefined : readPublicKey(reader.string());
  } catch {
    return undefined;
  }
}

/** Signs by git's own program for it, which knows agents, passphrases and hardware. */
async function signBySsh(git: Git, file: string, message: Uint8Array): Promise<Buffer> {
  const program = (await readSetting(git, ["--type=path", "gpg.ssh.program"])) ?? "ssh-keygen";
  const child = start([program, "-Y", "sign", "-q", "-n", namespace, "-f", file], {
    input: message,
    environment: git.environment,
  });
  const [printed, told] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const signature = readArmour(printed);
  if ((await child.exited) === 0 && signature !== undefined) return signature;
  throw new AppError("failed", `\`${program}\` did not sign: ${told.trim().split("\n").at(-1)}`, {
    hint: "see that the key is loaded (`ssh-add -l`) or its file is there",
  });
}

function start(
  command: string[],
  { input, environment }: { input: Uint8Array; environment: Environment },
) {
  try {
    return Bun.spawn(command, {
      stdin: new Blob([input as Uint8Array<ArrayBuffer>]),
      stdout: "pipe",
      stderr: "pipe",
      env: environment,
    });
  } catch (error) {
    throw new AppError("failed", `cannot start \`${command[0]}\`, which signs with SSH keys`, {
      hint: "install OpenSSH's client, or use a key of `agent-trace attest keygen`",
      cause: error,
    });
  }
}
