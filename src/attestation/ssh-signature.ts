import { verify } from "node:crypto";
import { keyType, readPublicKey } from "./public-key.ts";
import { SshReader, sshString } from "./ssh-bytes.ts";

/** What `ssh-keygen -Y` calls the purpose of a signature: one for git or for a file must not pass as one of ours. */
export const namespace = "agent-trace";

const magic = Buffer.from("SSHSIG");
const hashes: readonly string[] = ["sha512", "sha256"];

/** The bytes between the armour of a signature that `ssh-keygen -Y sign` wrote; undefined for what is none. */
export function readArmour(text: string): Buffer | undefined {
  const body = /-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----/.exec(
    text,
  )?.[1];
  return body === undefined ? undefined : Buffer.from(body.replace(/\s/g, ""), "base64");
}

export function armour(signature: Uint8Array): string {
  const lines =
    Buffer.from(signature)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}

export function isSshSignature(signature: Buffer): boolean {
  return signature.subarray(0, magic.length).equals(magic);
}

/**
 * The fingerprint of the key that made this signature of a message (OpenSSH's PROTOCOL.sshsig); undefined where it does
 * not hold, is for another purpose, or is of a key that is no ed25519 key.
 */
export function sshSigner(signature: Buffer, message: Uint8Array): string | undefined {
  try {
    const reader = new SshReader(signature);
    if (!reader.bytes(magic.length).equals(magic) || reader.number() !== 1) return undefined;
    const key = readPublicKey(reader.string());
    const purpose = reader.string();
    const reserved = reader.string();
    const hash = reader.string().toString("latin1");
    const inner = new SshReader(reader.string());
    if (key === undefined || purpose.toString("latin1") !== namespace) return undefined;
    if (!hashes.includes(hash) || inner.string().toString("latin1") !== keyType) return undefined;
    const digest = new Bun.CryptoHasher(hash as "sha512").update(message).digest();
    const signed = [magic, ...[purpose, reserved, hash, digest].map(sshString)];
    return verify(null, Buffer.concat(signed), key.key, inner.string())
      ? key.fingerprint
      : undefined;
  } catch {
    return undefined;
  }
}
