/** The path of a command's file is what the user types; this table is all that help needs to know of them. */
import type { Catalog } from "../command.ts";

export const catalog: Catalog = {
  init: {
    kind: "command",
    summary: "Set agent-trace up in this repository",
    section: "everyday",
    load: () => import("./init.ts"),
  },
  status: {
    kind: "command",
    summary: "Show what is recorded and what each remote lacks",
    section: "everyday",
    load: () => import("./status.ts"),
  },
  blame: {
    kind: "command",
    summary: "Show which lines of a file an agent wrote",
    section: "everyday",
    load: () => import("./blame.ts"),
  },
  context: {
    kind: "command",
    summary: "Show the conversation behind lines of a file",
    section: "everyday",
    load: () => import("./context.ts"),
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
  push: {
    kind: "command",
    summary: "Send what a remote lacks",
    section: "sharing",
    load: () => import("./push.ts"),
  },
  pull: {
    kind: "command",
    summary: "Bring over what this machine lacks",
    section: "sharing",
    load: () => import("./pull.ts"),
  },
  sync: {
    kind: "command",
    summary: "Push, then pull",
    section: "sharing",
    load: () => import("./sync.ts"),
  },
  remote: {
    kind: "group",
    summary: "Addresses of services, and their tokens",
    section: "sharing",
    commands: {
      add: {
        kind: "command",
        summary: "Bind a name to a service's address",
        section: "sharing",
        load: () => import("./remote/add.ts"),
      },
      list: {
        kind: "command",
        summary: "List the remotes of this project",
        section: "sharing",
        load: () => import("./remote/list.ts"),
      },
      show: {
        kind: "command",
        summary: "Show a remote's address and where its token is",
        section: "sharing",
        load: () => import("./remote/show.ts"),
      },
      "set-url": {
        kind: "command",
        summary: "Change a remote's address",
        section: "sharing",
        load: () => import("./remote/set-url.ts"),
      },
      "set-token": {
        kind: "command",
        summary: "Give a remote another token",
        section: "sharing",
        load: () => import("./remote/set-token.ts"),
      },
      remove: {
        kind: "command",
        summary: "Remove a remote and its stored token",
        section: "sharing",
        load: () => import("./remote/remove.ts"),
      },
      rename: {
        kind: "command",
        summary: "Give a remote another name",
        section: "sharing",
        load: () => import("./remote/rename.ts"),
      },
      default: {
        kind: "command",
        summary: "Choose the remote that is used where none is named",
        section: "sharing",
        load: () => import("./remote/default.ts"),
      },
    },
  },
  project: {
    kind: "group",
    summary: "Projects on a service",
    section: "sharing",
    commands: {
      create: {
        kind: "command",
        summary: "Register a project on a service",
        section: "sharing",
        load: () => import("./project/create.ts"),
      },
    },
  },
  set: {
    kind: "group",
    summary: "Settings of old configurations",
    section: "maintenance",
    hidden: true,
    commands: {
      globaluser: {
        kind: "command",
        summary: "Write the token slot of old configurations",
        section: "maintenance",
        load: () => import("./set/globaluser.ts"),
      },
    },
  },
  remove: {
    kind: "group",
    summary: "Remove settings of old configurations",
    section: "maintenance",
    hidden: true,
    commands: {
      globaluser: {
        kind: "command",
        summary: "Empty the token slot of old configurations",
        section: "maintenance",
        load: () => import("./remove/globaluser.ts"),
      },
    },
  },
  serve: {
    kind: "command",
    summary: "Run the service that push and pull speak to",
    section: "service and viewer",
    load: () => import("./serve.ts"),
  },
  admin: {
    kind: "group",
    summary: "Administer a service: orgs, tokens, projects",
    section: "service and viewer",
    commands: {
      org: {
        kind: "group",
        summary: "Orgs of a service",
        section: "service and viewer",
        commands: {
          create: {
            kind: "command",
            summary: "Make an org",
            section: "service and viewer",
            load: () => import("./admin/org/create.ts"),
          },
          list: {
            kind: "command",
            summary: "List the orgs",
            section: "service and viewer",
            load: () => import("./admin/org/list.ts"),
          },
        },
      },
      token: {
        kind: "group",
        summary: "Tokens of an org",
        section: "service and viewer",
        commands: {
          create: {
            kind: "command",
            summary: "Make a token and print it",
            section: "service and viewer",
            load: () => import("./admin/token/create.ts"),
          },
          list: {
            kind: "command",
            summary: "List an org's tokens",
            section: "service and viewer",
            load: () => import("./admin/token/list.ts"),
          },
          revoke: {
            kind: "command",
            summary: "Revoke a token",
            section: "service and viewer",
            load: () => import("./admin/token/revoke.ts"),
          },
        },
      },
      project: {
        kind: "group",
        summary: "Projects of an org",
        section: "service and viewer",
        commands: {
          list: {
            kind: "command",
            summary: "List an org's projects",
            section: "service and viewer",
            load: () => import("./admin/project/list.ts"),
          },
          delete: {
            kind: "command",
            summary: "Delete a project and all its rows",
            section: "service and viewer",
            load: () => import("./admin/project/delete.ts"),
          },
        },
      },
    },
  },
  config: {
    kind: "group",
    summary: "Show and change settings",
    section: "maintenance",
    commands: {
      show: {
        kind: "command",
        summary: "Show all settings",
        section: "maintenance",
        load: () => import("./config/show.ts"),
      },
      set: {
        kind: "command",
        summary: "Change a setting",
        section: "maintenance",
        load: () => import("./config/set.ts"),
      },
      reset: {
        kind: "command",
        summary: "Set a setting back to its default",
        section: "maintenance",
        load: () => import("./config/reset.ts"),
      },
    },
  },
  projects: {
    kind: "group",
    summary: "The repositories that are set up on this machine",
    section: "maintenance",
    alone: {
      kind: "command",
      summary: "List the repositories that are set up on this machine",
      section: "maintenance",
      load: () => import("./projects.ts"),
    },
    commands: {
      show: {
        kind: "command",
        summary: "Show what is known of one local project",
        section: "maintenance",
        load: () => import("./projects/show.ts"),
      },
    },
  },
  adopt: {
    kind: "command",
    summary: "Enter a moved or copied repository into the registry",
    section: "maintenance",
    load: () => import("./adopt.ts"),
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
  doctor: {
    kind: "command",
    summary: "Check git, hooks, storage and remotes, and say how to mend them",
    section: "maintenance",
    load: () => import("./doctor.ts"),
  },
  completion: {
    kind: "command",
    summary: "Print a shell's completion script",
    section: "maintenance",
    load: () => import("./completion.ts"),
  },
  self: {
    kind: "group",
    summary: "The program itself",
    section: "maintenance",
    commands: {
      uninstall: {
        kind: "command",
        summary: "Remove agent-trace from this machine",
        section: "maintenance",
        load: () => import("./self/uninstall.ts"),
      },
    },
  },
  help: {
    kind: "command",
    summary: "Print help on a command or a topic",
    section: "maintenance",
    load: () => import("./help.ts"),
  },
};
