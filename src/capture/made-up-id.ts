/**
 * A tool call's identity where the agent gives it none: equal for one event that is delivered several times, as agents
 * do that run the hooks of others beside their own.
 */
export function makeUpId(...parts: readonly unknown[]): string {
  const text = JSON.stringify(parts);
  return `made-up-${new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 32)}`;
}
