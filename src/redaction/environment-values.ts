import type { KnownSecret } from "./policy.ts";

const telling = /pass|secret|token|key|credential|auth|dsn|private/i;
/** Words, booleans, numbers, paths, hosts and addresses without a password: they stand in a `.env`, and everywhere. */
const common =
  /^(?:true|false|yes|no|on|off|null|none|undefined|change.?me.*|your.*|example.*|x+)$|^[A-Za-z]+$|^[\d.,:_-]+$/i;
const plain =
  /^[A-Za-z]+(?:[-_./ ][A-Za-z]+)*$|^\.{0,2}\/[\w./-]+$|^[\w-]+(?:\.[\w-]+)+(?::\d+)?$|^[a-z]+:\/\/[^@]*$|^[\w.+-]+@[\w.-]+$/i;

/** The values of a `.env` file that are secrets: longer than seven characters, and not words, switches or addresses. */
export function readEnvironmentSecrets(text: string): KnownSecret[] {
  const found: KnownSecret[] = [];
  for (const line of text.split("\n")) {
    const parts = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (parts === null) continue;
    const [, name = "", right = ""] = parts;
    const quoted = /^(["'`])(.*)\1/.exec(right);
    const value = quoted?.[2] ?? right.replace(/\s+#.*$/, "");
    if (value.length <= 7 || value.length > 4096 || common.test(value)) continue;
    if (!telling.test(name) && plain.test(value)) continue;
    found.push({ value, rule: "env-value" });
  }
  return found;
}
