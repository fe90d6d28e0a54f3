/** Writes docs/commands.md from the definitions, and docs/agents.md from the adapters: `bun run docs`. */
import { writeFileSync } from "node:fs";
import { catalog } from "../src/commands/catalog.ts";
import { agentsPage } from "./agents-page.ts";
import { commandsPage } from "./commands-page.ts";
import { readDefinitions } from "./definitions.ts";

writeFileSync("docs/commands.md", commandsPage(await readDefinitions(catalog)));
writeFileSync("docs/agents.md", await agentsPage());
