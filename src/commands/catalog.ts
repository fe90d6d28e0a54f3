/** The path of a command's file is what the user types; this table is all that help needs to know of them. */
import type { Catalog } from "../command.ts";

export const catalog: Catalog = {
  record: {
    kind: "command",
    summary: "Take in one event of a coding agent",
    section: "maintenance",
    hidden: true,
    hook: true,
    load: () => import("./record.ts"),
  },
  "commit-link": {
    kind: "command",
    summary: "Decide which lines of a commit an agent wrote",
    section: "maintenance",
    hidden: true,
    load: () => import("./commit-link.ts"),
  },
  version: {
    kind: "command",
    summary: "Print the version",
    section: "maintenance",
    load: () => import("./version.ts"),
  },
  completion: {
    kind: "command",
    summary: "Print a shell's completion script",
    section: "maintenance",
    load: () => import("./completion.ts"),
  },
  help: {
    kind: "command",
    summary: "Print help on a command or a topic",
    section: "maintenance",
    load: () => import("./help.ts"),
  },
};
