import { AppError } from "../../errors.ts";
import { type CompanyRule, type Exceptions, type RuleFacts, createRule } from "./rule.ts";

/**
 * A company's own rules: of the file format of gitleaks the part that has `id`, `regex`, `keywords`, `secretGroup`,
 * `entropy` and allowlists. What concerns paths and commits has no meaning here.
 */
export interface CompanyRules {
  readonly rules: readonly CompanyRule[];
  /** Ids of rules that look for file names alone. */
  readonly passedOver: readonly string[];
}

const mostRules = 2000;
/** The fields that each kind of table may have. */
const known = {
  file: "title description minVersion extend allowlist allowlists rules".split(" "),
  rule: "id description regex keywords secretGroup entropy path tags allowlist allowlists skipReport".split(
    " ",
  ),
  allowlist: "description condition regexTarget regexes stopwords paths commits targetRules".split(
    " ",
  ),
};

type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fails with `usage`, naming file and rule. `name` is how the person knows the file. */
export function parseRules(text: string, name: string): CompanyRules {
  const file = new Place(`\`${name}\``, parseToml(text, name));
  file.expectOnly(known.file);
  checkExtend(file);
  const common = exceptionsOf(file);
  const tables = file.list("rules", isTable, "tables");
  if (tables.length > mostRules) file.fail(`it has more than ${mostRules} rules`, "split it");
  const ids = new Set<string>();
  const passedOver: string[] = [];
  const rules = tables.flatMap((table, index) => {
    const id = table["id"];
    if (typeof id !== "string" || !/^[A-Za-z0-9][\w.-]{0,63}$/.test(id)) {
      return file.fail(
        `rule ${index + 1} has no usable \`id\``,
        "give it one of at most 64 letters, digits, dots and dashes",
      );
    }
    const place = new Place(`\`${name}\`: rule \`${id}\``, table);
    if (ids.has(id)) place.fail("another rule has the same id", "give each rule its own");
    ids.add(id);
    place.expectOnly(known.rule);
    if (table["regex"] === undefined && typeof table["path"] === "string") {
      passedOver.push(id);
      return [];
    }
    return [createRule(factsOf(id, place, common), place.where)];
  });
  if (rules.length === 0) file.fail("it has no rules", "add a `[[rules]]` with `id` and `regex`");
  return { rules, passedOver };
}

function parseToml(text: string, name: string): Table {
  try {
    return Bun.TOML.parse(text) as Table;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("usage", `\`${name}\` is no TOML: ${reason}`, {
      cause: error,
      hint: "its rules are `[[rules]]` with `id`, `regex` and `keywords`",
    });
  }
}

function checkExtend(file: Place): void {
  const extend = file.table["extend"];
  if (extend === undefined) return;
  const others = isTable(extend) ? Object.keys(extend).filter((key) => key !== "useDefault") : [""];
  // The built-in formats always count: `useDefault` asks for no more.
  if (others.length > 0) {
    file.fail("`extend` can only have `useDefault` here", "put all rules into this one file");
  }
}

function factsOf(id: string, place: Place, common: readonly Exceptions[]): RuleFacts {
  const { regex } = place.table;
  if (typeof regex !== "string" || regex === "") {
    return place.fail("it has no `regex`", "add the expression that finds the secret");
  }
  return {
    id,
    regex,
    keywords: place.texts("keywords").map((word) => word.toLowerCase()),
    secretGroup: place.number("secretGroup", Number.isSafeInteger),
    entropy: place.number("entropy", Number.isFinite),
    exceptions: [...exceptionsOf(place), ...common],
  };
}

function exceptionsOf(place: Place): Exceptions[] {
  const one = place.table["allowlist"];
  const tables = [
    ...(one === undefined ? [] : place.list("allowlist", isTable, "a table", [one])),
    ...place.list("allowlists", isTable, "tables"),
  ];
  return tables.flatMap((table): Exceptions[] => {
    const own = new Place(`${place.where}: allowlist`, table);
    own.expectOnly(known.allowlist);
    const condition = String(table["condition"] ?? "OR").toUpperCase();
    const target = table["regexTarget"] ?? "secret";
    if (condition !== "AND" && condition !== "OR" && condition !== "&&" && condition !== "||") {
      own.fail("`condition` is neither AND nor OR", "set it to one of the two");
    }
    if (target !== "secret" && target !== "match" && target !== "line") {
      return own.fail("`regexTarget` is unknown", "use `secret`, `match` or `line`");
    }
    const isAll = condition === "AND" || condition === "&&";
    const isElsewhere = ["paths", "commits"].some((key) => table[key] !== undefined);
    // What must also hold of a path or a commit never holds here.
    if (isAll && isElsewhere) return [];
    // An exception for some rules of the file must not become one for all.
    if (table["targetRules"] !== undefined) return [];
    const words = own.texts("stopwords").map((word) => word.toLowerCase());
    return [{ isAll, target, patterns: own.texts("regexes"), words }];
  });
}

/** One table of the file, and how a message calls it. */
class Place {
  readonly where: string;
  readonly table: Table;

  constructor(where: string, table: Table) {
    this.where = where;
    this.table = table;
  }

  fail(problem: string, hint: string): never {
    throw new AppError("usage", `${this.where}: ${problem}`, { hint });
  }

  expectOnly(keys: readonly string[]): void {
    const odd = Object.keys(this.table).find((key) => !keys.includes(key));
    if (odd === undefined) return;
    this.fail(`\`${odd}\` is not understood`, `known here are ${keys.join(", ")}`);
  }

  list<T>(
    key: string,
    fits: (value: unknown) => value is T,
    kind: string,
    value: unknown = this.table[key] ?? [],
  ): T[] {
    if (Array.isArray(value) && value.every(fits)) return value;
    return this.fail(`\`${key}\` is not ${kind}`, "write it as gitleaks does");
  }

  texts(key: string): string[] {
    const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
    return this.list(key, isText, "a list of texts");
  }

  number(key: string, fits: (value: number) => boolean): number {
    const value = this.table[key] ?? 0;
    if (typeof value === "number" && value >= 0 && fits(value)) return value;
    return this.fail(`\`${key}\` is no number that fits`, "use 0 or more, or leave it out");
  }
}
