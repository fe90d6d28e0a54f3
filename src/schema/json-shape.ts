/** How much JSON may hold, whatever it is about. */
export interface ShapeLimits {
  /** Levels of lists and objects within each other. */
  readonly depth: number;
  /** Members of all objects and lists together: a parser's time and memory go by them, not by bytes. */
  readonly members: number;
  /** Members of the lists that stand in the outermost object. */
  readonly items: number;
}

/**
 * Looks at JSON before it is parsed: some megabytes of brackets would take the parser seconds, and gigabytes. Says which
 * limit is passed; undefined where none is. Whether it is JSON at all the parser will say.
 */
export function findExcess(
  json: Uint8Array,
  { depth: deepest, members: mostMembers, items: mostItems }: ShapeLimits,
): keyof ShapeLimits | undefined {
  let depth = 0;
  let items = 0;
  let members = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case 0x22:
        for (at++; at < json.length && json[at] !== 0x22; at++) if (json[at] === 0x5c) at++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > deepest) return "depth";
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x2c:
        if (++members >= mostMembers) return "members";
        if (depth === 2 && ++items >= mostItems) return "items";
    }
  }
  return undefined;
}
