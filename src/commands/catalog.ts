/** The path of a command's file is what the user types; this table is all that help needs to know of them. */
import { type CatalogTable, readTable } from "../command.ts";

/**
 * A row: the words that are typed, one sentence, the module. A row whose words begin other rows is a group; its module,
 * if it has one, is what it does without a verb. Help shows sections and rows in the order of this table.
 */
const table: CatalogTable = {
  everyday: [
    ["init", "Set agent-trace up in this repository", () => import("./init.ts")],
    ["status", "Show what is recorded and what each remote lacks", () => import("./status.ts")],
    ["blame", "Show which lines of a file an agent wrote", () => import("./blame.ts")],
    ["context", "Show the conversation behind lines of a file", () => import("./context.ts")],
    ["search", "Look for words in all kept conversations", () => import("./search.ts")],
    ["report", "Show how much of a range of commits agents wrote", () => import("./report.ts")],
    ["check", "Check the lines of a range against a policy", () => import("./check.ts")],
    ["ledger", "What is known of the lines of a commit"],
    ["ledger show", "Show the ledger of a commit", () => import("./ledger/show.ts")],
    [
      "ledger accept",
      "Take a teammate's ledger of a commit in place of ours",
      () => import("./ledger/accept.ts"),
    ],
  ],
  sharing: [
    ["push", "Send what a remote lacks", () => import("./push.ts")],
    ["pull", "Bring over what this machine lacks", () => import("./pull.ts")],
    ["sync", "Push, then pull", () => import("./sync.ts")],
    ["remote", "Addresses of services, and their tokens"],
    ["remote add", "Bind a name to a service's address", () => import("./remote/add.ts")],
    ["remote list", "List the remotes of this project", () => import("./remote/list.ts")],
    [
      "remote show",
      "Show a remote's address and where its token is",
      () => import("./remote/show.ts"),
    ],
    ["remote set-url", "Change a remote's address", () => import("./remote/set-url.ts")],
    ["remote set-token", "Give a remote another token", () => import("./remote/set-token.ts")],
    ["remote remove", "Remove a remote and its stored token", () => import("./remote/remove.ts")],
    ["remote rename", "Give a remote another name", () => import("./remote/rename.ts")],
    [
      "remote default",
      "Choose the remote that is used where none is named",
      () => import("./remote/default.ts"),
    ],
    ["notes", "Attribution in git's notes, for people who have the repository alone"],
    ["notes show", "Show the git note of a commit", () => import("./notes/show.ts")],
    [
      "notes attach",
      "Write the git note of a commit from its ledger",
      () => import("./notes/attach.ts"),
    ],
    [
      "notes rebuild",
      "Write the git notes of a range of commits anew",
      () => import("./notes/rebuild.ts"),
    ],
    [
      "notes backfill",
      "Write git notes for all commits that have a ledger",
      () => import("./notes/backfill.ts"),
    ],
    ["notes strip", "Take parts out of the git note of a commit", () => import("./notes/strip.ts")],
    ["redact", "Show a conversation as it would leave this machine", () => import("./redact.ts")],
    ["project", "Projects on a service"],
    ["project create", "Register a project on a service", () => import("./project/create.ts")],
  ],
  "service and viewer": [
    [
      "viewer",
      "Look at files, conversations and commits in the browser",
      () => import("./viewer.ts"),
    ],
    ["mcp", "Answer a coding agent's questions over stdin and stdout", () => import("./mcp.ts")],
    ["serve", "Run the service that push and pull speak to", () => import("./serve.ts")],
    ["admin", "Administer a service: orgs, tokens, projects"],
    ["admin org", "Orgs of a service"],
    ["admin org create", "Make an org", () => import("./admin/org/create.ts")],
    ["admin org list", "List the orgs", () => import("./admin/org/list.ts")],
    ["admin token", "Tokens of an org"],
    ["admin token create", "Make a token and print it", () => import("./admin/token/create.ts")],
    ["admin token list", "List an org's tokens", () => import("./admin/token/list.ts")],
    [
      "admin token rotate",
      "Make a token that takes another one's place, and print it",
      () => import("./admin/token/rotate.ts"),
    ],
    ["admin token revoke", "Revoke a token", () => import("./admin/token/revoke.ts")],
    ["admin project", "Projects of an org"],
    ["admin project create", "Make a project", () => import("./admin/project/create.ts")],
    ["admin project list", "List an org's projects", () => import("./admin/project/list.ts")],
    [
      "admin project delete",
      "Delete a project and all its rows",
      () => import("./admin/project/delete.ts"),
    ],
    [
      "admin backup",
      "Copy a service's data on this machine, while it runs",
      () => import("./admin/backup.ts"),
    ],
    ["admin restore", "Make a service's data of a backup", () => import("./admin/restore.ts")],
    ["admin gc", "Take away what no row names", () => import("./admin/gc.ts")],
    ["admin purge", "Take conversations away for good", () => import("./admin/purge.ts")],
    [
      "admin retention",
      "Set how long a project keeps traces and conversations",
      () => import("./admin/retention.ts"),
    ],
    [
      "admin stats",
      "Count rows and bytes of all orgs and projects",
      () => import("./admin/stats.ts"),
    ],
    ["admin audit", "List what admins did", () => import("./admin/audit.ts")],
  ],
  maintenance: [
    [
      "import",
      "Take over what agents kept before this repository was set up",
      () => import("./import.ts"),
    ],
    [
      "doctor",
      "Check git, hooks, storage and remotes, and say how to mend them",
      () => import("./doctor.ts"),
    ],
    ["config", "Show and change settings"],
    ["config show", "Show all settings", () => import("./config/show.ts")],
    ["config set", "Change a setting", () => import("./config/set.ts")],
    ["config reset", "Set a setting back to its default", () => import("./config/reset.ts")],
    ["hooks", "The hooks by which agents and git call agent-trace"],
    ["hooks status", "Show which hooks call agent-trace", () => import("./hooks/status.ts")],
    [
      "hooks setup-global",
      "Call agent-trace from coding agents in all repositories",
      () => import("./hooks/setup-global.ts"),
    ],
    [
      "hooks remove-global",
      "Take agent-trace out of the coding agents' own settings",
      () => import("./hooks/remove-global.ts"),
    ],
    [
      "projects",
      "List the repositories that are set up on this machine",
      () => import("./projects.ts"),
    ],
    [
      "projects show",
      "Show what is known of one local project",
      () => import("./projects/show.ts"),
    ],
    ["adopt", "Enter a moved or copied repository into the registry", () => import("./adopt.ts")],
    ["completion", "Print a shell's completion script", () => import("./completion.ts")],
    ["self", "The program itself"],
    ["self uninstall", "Remove agent-trace from this machine", () => import("./self/uninstall.ts")],
    ["version", "Print the version", () => import("./version.ts")],
    ["help", "Print help on a command or a topic", () => import("./help.ts")],
    ["set", "Settings of old configurations"],
    [
      "set globaluser",
      "Write the token slot of old configurations",
      () => import("./set/globaluser.ts"),
    ],
    ["remove", "Remove settings of old configurations"],
    [
      "remove globaluser",
      "Empty the token slot of old configurations",
      () => import("./remove/globaluser.ts"),
    ],
    ["record", "Take in one event of a coding agent", () => import("./record.ts")],
    [
      "commit-link",
      "Decide which lines of a commit an agent wrote",
      () => import("./commit-link.ts"),
    ],
    [
      "rewrite-ledger",
      "Carry claims over to commits that took the place of others",
      () => import("./rewrite-ledger.ts"),
    ],
  ],
};

export const catalog = readTable(table, {
  hidden: ["record", "commit-link", "rewrite-ledger", "set", "remove"],
  hooks: ["record"],
});
