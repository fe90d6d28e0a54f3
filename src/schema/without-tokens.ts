/**
 * A token that was typed where something else belongs comes back in the message that says so, and from there into
 * the log of a build. What has a token's form is shown as stars in everything that is said, as opposed to answered.
 */
export function withoutTokens(text: string): string {
  return text.replace(/(?<!\w)at_[\w-]{43,}/g, "at_********");
}
