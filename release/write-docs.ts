/** Writes docs/commands.md from the definitions: `bun run docs`. */
import { writeFileSync } from "node:fs";
import { catalog } from "../src/commands/catalog.ts";
import { commandsPage } from "./commands-page.ts";
import { readDefinitions } from "./definitions.ts";

writeFileSync("docs/commands.md", commandsPage(await readDefinitions(catalog)));
