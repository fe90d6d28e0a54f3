import { verify } from "node:crypto";
import type { Envelope } from "../schema/envelope.ts";
import { signedBytes } from "./signed-bytes.ts";
import { isSshSignature, sshSigner } from "./ssh-signature.ts";
import type { TrustedKey } from "./trusted-keys.ts";

export type SignatureFinding =
  | { readonly kind: "good"; readonly signer: TrustedKey }
  /** It holds, or may hold, but under no key that is trusted. `keyid` is what the envelope says. */
  | { readonly kind: "unknown-key"; readonly keyid: string }
  | { readonly kind: "bad" };

/** Whether one of an envelope's signatures holds under a trusted key. Nothing of the payload may be believed before. */
export function checkSignature(
  envelope: Envelope,
  trusted: readonly TrustedKey[],
): SignatureFinding {
  const message = signedBytes(envelope);
  let unknown: string | undefined;
  for (const { keyid, sig } of envelope.signatures) {
    const signature = Buffer.from(sig, "base64");
    if (isSshSignature(signature)) {
      const fingerprint = sshSigner(signature, message);
      if (fingerprint === undefined) continue;
      const signer = trusted.find(({ key }) => key.fingerprint === fingerprint);
      if (signer !== undefined) return { kind: "good", signer };
      unknown ??= fingerprint;
      continue;
    }
    // A plain signature does not say its key; what the envelope says of it is a hint.
    const signer = trusted.find(({ key }) => verify(null, message, key.key, signature));
    if (signer !== undefined) return { kind: "good", signer };
    if (!trusted.some(({ key }) => key.fingerprint === keyid)) unknown ??= keyid;
  }
  return unknown === undefined ? { kind: "bad" } : { kind: "unknown-key", keyid: unknown };
}
