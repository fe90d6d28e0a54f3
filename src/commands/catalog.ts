/** The path of a command's file is what the user types; this table is all that help needs to know of them. */
import type { Catalog } from "../command.ts";

export const catalog: Catalog = {
  init: {
    kind: "command",
    summary: "Set agent-trace up in this repository",
    section: "everyday",
    load: () => import("./init.ts"),
  },
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
  serve: {
    kind: "command",
    summary: "Run the service that push and pull speak to",
    section: "service and viewer",
    load: () => import("./serve.ts"),
  },
  hooks: {
    kind: "group",
    summary: "The hooks by which agents and git call agent-trace",
    section: "maintenance",
    commands: {
      status: {
        kind: "command",
        summary: "Show which hooks call agent-trace",
        section: "maintenance",
        load: () => import("./hooks/status.ts"),
      },
      "setup-global": {
        kind: "command",
        summary: "Call agent-trace from coding agents in all repositories",
        section: "maintenance",
        load: () => import("./hooks/setup-global.ts"),
      },
      "remove-global": {
        kind: "command",
        summary: "Take agent-trace out of the coding agents' own settings",
        section: "maintenance",
        load: () => import("./hooks/remove-global.ts"),
      },
    },
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
