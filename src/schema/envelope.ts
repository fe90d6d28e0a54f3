import { isObject, listOf, optionalText } from "./is-object.ts";

/** A signed statement as DSSE (version 1) has it: the payload and who signed it, all in base64. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Of the payload in base64; a ledger may be this large itself. */
const mostPayload = 4 * 1024 * 1024;
const mostSignatures = 16;
const mostSignature = 16 * 1024;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The one door for envelopes: undefined for what is none, or is larger than any of ours. */
export function readEnvelope(value: unknown): Envelope | undefined {
  if (!isObject(value)) return undefined;
  const type = optionalText(value["payloadType"]);
  const payload = optionalText(value["payload"]);
  if (type === undefined || type.length > 200) return undefined;
  if (payload === undefined || payload.length > mostPayload || !base64.test(payload))
    return undefined;
  const signatures = listOf(value["signatures"])
    .slice(0, mostSignatures)
    .flatMap(({ keyid, sig }) =>
      typeof sig === "string" && sig.length <= mostSignature && base64.test(sig)
        ? [{ keyid: typeof keyid === "string" ? keyid.slice(0, 200) : "", sig }]
        : [],
    );
  return signatures.length === 0 ? undefined : { payloadType: type, payload, signatures };
}
