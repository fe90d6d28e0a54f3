import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { closeSync, existsSync, fsyncSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PublicKey, publicKeyOf } from "../../attestation/public-key.ts";
import { type TrustedKey, allowedSigner } from "../../attestation/trusted-keys.ts";
import { AppError, systemCode } from "../../errors.ts";
import { createPrivateFile, makePrivateDirectory } from "../../store/files/private-files.ts";

/** The key that `attest keygen` makes: `attest-key.pem` (PKCS #8), its public half for OpenSSH and for others. */
export interface OwnKeyPaths {
  readonly secret: string;
  readonly allowedSigner: string;
  readonly publicPem: string;
}

export function ownKeyPaths(home: string): OwnKeyPaths {
  return {
    secret: join(home, "attest-key.pem"),
    allowedSigner: join(home, "attest-key.pub"),
    publicPem: join(home, "attest-key.pub.pem"),
  };
}

/** Makes the key. Throws `usage` where there is one: what it signed could not be checked with another. */
export function makeOwnKey(
  home: string,
  principal: string,
): { readonly line: string; readonly key: PublicKey } {
  const paths = ownKeyPaths(home);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = publicKeyOf(rawOf(publicKey.export({ format: "jwk" }).x));
  const line = allowedSigner({ key, principal });
  makePrivateDirectory(home);
  let descriptor: number;
  try {
    descriptor = createPrivateFile(paths.secret);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    throw new AppError("usage", `there is a key already: ${paths.secret}`, {
      hint: `its public half is in ${paths.allowedSigner}; move both away to make another`,
      cause: error,
    });
  }
  try {
    writeFileSync(descriptor, privateKey.export({ type: "pkcs8", format: "pem" }));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  writeFileSync(paths.allowedSigner, `${line}\n`);
  writeFileSync(paths.publicPem, publicKey.export({ type: "spki", format: "pem" }));
  return { line, key };
}

/** The key in a file that holds one as PKCS #8; undefined where it holds something else. */
export function readSecretKey(text: string) {
  if (!text.includes("BEGIN PRIVATE KEY")) return undefined;
  const secret = createPrivateKey(text);
  if (secret.asymmetricKeyType !== "ed25519") return undefined;
  return { secret, key: publicKeyOf(rawOf(secret.export({ format: "jwk" }).x)) };
}

/** The person's own key as one that they trust; undefined where none was made. */
export function readOwnKey(home: string): TrustedKey | undefined {
  const { secret } = ownKeyPaths(home);
  if (!existsSync(secret)) return undefined;
  const found = readSecretKey(readFileSync(secret, "utf8"));
  return found === undefined ? undefined : { key: found.key, principal: "your own key" };
}

function rawOf(x: unknown): Buffer {
  return Buffer.from(String(x), "base64url");
}
