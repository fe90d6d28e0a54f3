import { clouds } from "./formats/clouds.ts";
import { builds } from "./formats/builds.ts";
import { codeHosts } from "./formats/code-hosts.ts";
import { data } from "./formats/data.ts";
import { messages } from "./formats/messages.ts";
import { money } from "./formats/money.ts";
import { models } from "./formats/models.ts";
import { operations } from "./formats/operations.ts";
import { people } from "./formats/people.ts";
import type { FormatFacts, Provider } from "./formats/provider.ts";

/** Raised whenever the table or the scanner changes what they mask: a transcript's redacted form then starts anew. */
export const tableVersion = 3;

export const providers: readonly Provider[] = [
  ...clouds,
  ...codeHosts,
  ...builds,
  ...models,
  ...messages,
  ...money,
  ...operations,
  ...data,
  ...people,
];

/** One secret's format. Its id is the rule that a mask names. */
export interface Format extends FormatFacts {
  readonly id: string;
  readonly provider: string;
  /** Where the provider shows it. */
  readonly source: string;
}

export const formats: readonly Format[] = providers.flatMap(({ name, source, formats: own }) =>
  Object.entries(own).map(([id, facts]) => ({
    id,
    provider: name,
    source,
    ...(typeof facts === "string" ? { shapes: [facts] } : facts),
  })),
);
