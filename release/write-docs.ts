/** Writes docs/commands.md from the definitions, docs/agents.md from the adapters, docs/formats from the schemas: `bun run docs`. */
import { writeFileSync } from "node:fs";
import { catalog } from "../src/commands/catalog.ts";
import { agentsPage } from "./agents-page.ts";
import { commandsPage } from "./commands-page.ts";
import { formats, schemaText } from "./format-schemas.ts";
import { readDefinitions } from "./definitions.ts";

writeFileSync("docs/commands.md", commandsPage(await readDefinitions(catalog)));
writeFileSync("docs/agents.md", await agentsPage());
for (const name of Object.keys(formats)) {
  writeFileSync(`docs/formats/${name}.schema.json`, schemaText(name));
}
