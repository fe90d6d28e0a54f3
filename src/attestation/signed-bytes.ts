import type { Envelope } from "../schema/envelope.ts";

/** The media type of an in-toto statement in an envelope. */
export const statementType = "application/vnd.in-toto+json";

/**
 * The bytes that a signature of an envelope is over, DSSE's pre-authentication encoding: the type and the payload, each
 * behind its length in bytes, so that no byte can move from one to the other.
 */
export function signedBytes({ payloadType, payload }: Omit<Envelope, "signatures">): Buffer {
  const body = Buffer.from(payload, "base64");
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${body.length} `),
    body,
  ]);
}
