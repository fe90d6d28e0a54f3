import { type KeyObject, createPublicKey } from "node:crypto";
import { SshReader, sshString } from "./ssh-bytes.ts";

/** The one kind of key that attestations are signed with. */
export const keyType = "ssh-ed25519";

/** An ed25519 key as OpenSSH names it. */
export interface PublicKey {
  /** `SHA256:` and base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** As in `authorized_keys`, in base64. */
  readonly text: string;
  readonly key: KeyObject;
}

/** Of the key's 32 bytes. */
export function publicKeyOf(raw: Uint8Array): PublicKey {
  const blob = Buffer.concat([sshString(keyType), sshString(raw)]);
  const x = Buffer.from(raw).toString("base64url");
  return {
    fingerprint: `SHA256:${new Bun.CryptoHasher("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    text: blob.toString("base64"),
    key: createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }),
  };
}

/** The key in these bytes of OpenSSH's form; undefined for another kind of key, and for what is none. */
export function readPublicKey(blob: Buffer): PublicKey | undefined {
  try {
    const reader = new SshReader(blob);
    if (reader.string().toString("latin1") !== keyType) return undefined;
    const raw = reader.string();
    return raw.length === 32 && reader.isAtEnd ? publicKeyOf(raw) : undefined;
  } catch {
    return undefined;
  }
}
