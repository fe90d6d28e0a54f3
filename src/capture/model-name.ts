const providers: readonly (readonly [prefix: RegExp, provider: string])[] = [
  [/^claude-/, "anthropic"],
  [/^(?:gpt-|o1|o3)/, "openai"],
  [/^gemini-/, "google"],
];

/** A model's name with its provider in front, where the name is bare and tells whose it is. */
export function qualifyModel(name: string): string {
  if (name.includes("/")) return name;
  const provider = providers.find(([prefix]) => prefix.test(name));
  return provider === undefined ? name : `${provider[1]}/${name}`;
}
