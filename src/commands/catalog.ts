/** The path of a command's file is what the user types; this table is all that help needs to know of them. */
import type { Catalog } from "../command.ts";

export const catalog: Catalog = {
  version: {
    kind: "command",
    summary: "Print the version",
    section: "maintenance",
    load: () => import("./version.ts"),
  },
};
