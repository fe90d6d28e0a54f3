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

/** What is not understood, or is said twice, allows nothing: it may have been meant to narrow a key's use. */
function allows(options: string, at: Date): boolean {
  const values = new Map<string, string>();
  for (const option of splitOptions(options)) {
    const [, name = "", value = ""] = /^([a-z-]+)="([^"]*)"$/i.exec(option) ?? [];
    if (!known.has(name.toLowerCase()) || values.has(name.toLowerCase())) return false;
    values.set(name.toLowerCase(), value);
  }
  const namespaces = values.get("namespaces");
  if (namespaces !== undefined && !namespaces.split(",").some((one) => matches(one, namespace)))
    return false;
  const [after, before] = ["valid-after", "valid-before"].map((name) => readTime(values.get(name)));
  return !(after !== undefined && !(at >= after)) && !(before !== undefined && !(at < before));
}

/** `cert-authority` is not among them: its key signs others' keys, and nothing else. */
const known = new Set(["namespaces", "valid-after", "valid-before"]);

/** At the commas between options, not at those within quotes. */
function splitOptions(options: string): string[] {
  return options === "" ? [] : options.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
}

/** `*` and `?` are the only signs of a pattern. */
function matches(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source.replaceAll("?", ".")}$`).test(text);
}

/** `YYYYMMDD[HHMM[SS]][Z]`; a date that is none for another text, so that no time is before or behind it. */
function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text);
  if (found === null) return new Date(Number.NaN);
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = ""] = found;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}
