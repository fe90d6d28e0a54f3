import { namespace } from "./ssh-signature.ts";
import { type PublicKey, keyType, readPublicKey } from "./public-key.ts";

/** A key whose signatures count, and whose it is. */
export interface TrustedKey {
  readonly key: PublicKey;
  readonly principal: string;
}

/**
 * The keys of a file in OpenSSH's form ALLOWED SIGNERS, as git's `gpg.ssh.allowedSignersFile` has it, that may sign
 * attestations at this time. Lines of other kinds of keys, of authorities and for other purposes are passed over.
 */
export function readAllowedSigners(text: string, at: Date): TrustedKey[] {
  return text.split("\n").flatMap((line) => {
    const found = /^([^\s#]\S*)\s+(?:(.*?)\s+)?ssh-ed25519\s+([A-Za-z0-9+/=]+)/.exec(line.trim());
    if (found === null) return [];
    const [, principal = "", options = "", blob = ""] = found;
    const key = readPublicKey(Buffer.from(blob, "base64"));
    return key === undefined || !allows(options, at) ? [] : [{ key, principal }];
  });
}

/** A line of such a file. */
export function allowedSigner({ key, principal }: TrustedKey): string {
  return `${principal} namespaces="${namespace}" ${keyType} ${key.text}`;
}

function allows(options: string, at: Date): boolean {
  if (/(?:^|,)cert-authority(?:,|$)/i.test(options)) return false;
  const value = (name: string): string | undefined =>
    new RegExp(`(?:^|,)${name}="([^"]*)"`, "i").exec(options)?.[1];
  const namespaces = value("namespaces");
  if (namespaces !== undefined && !namespaces.split(",").some((one) => matches(one, namespace)))
    return false;
  const [after, before] = [value("valid-after"), value("valid-before")].map(readTime);
  return !(after !== undefined && at < after) && !(before !== undefined && at >= before);
}

/** `*` and `?` are the only signs of a pattern. */
function matches(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source.replaceAll("?", ".")}$`).test(text);
}

/** `YYYYMMDD[HHMM[SS]][Z]`. */
function readTime(text: string | undefined): Date | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text ?? "");
  if (found === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = ""] = found;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}
