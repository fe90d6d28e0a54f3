import type { HelpPage } from "../src/terminal/help.ts";
import { helpTopics, topicPage } from "../src/terminal/help-topics.ts";
import { commandPage, groupPage, rootPage } from "../src/cli/help-pages.ts";
import type { Catalog, CommandEntry, Entry } from "../src/command.ts";

/** A command's page with its words, such as `remote add`. */
export interface Definition {
  readonly path: string;
  readonly hidden: boolean;
  readonly page: HelpPage;
}

/** One word of the first level with all that stands below it. */
export interface Chapter {
  readonly name: string;
  readonly section: string;
  readonly page: HelpPage | undefined;
  readonly definitions: readonly Definition[];
}

export interface Definitions {
  readonly root: HelpPage;
  readonly chapters: readonly Chapter[];
  readonly topics: readonly (readonly [string, HelpPage])[];
}

/** Loads every command: the one source of `--help`, of docs/commands.md and of the manual. */
export async function readDefinitions(catalog: Catalog): Promise<Definitions> {
  return {
    root: rootPage(catalog),
    chapters: await Promise.all(
      Object.entries(catalog).map(([name, entry]) => readChapter(name, entry)),
    ),
    topics: helpTopics.map((topic) => [topic, topicPage(topic)] as const),
  };
}

async function readChapter(name: string, entry: Entry): Promise<Chapter> {
  const definitions = commandsOf(name, entry).map(async ([path, command]) => ({
    path,
    hidden: entry.hidden === true || command.hidden === true,
    page: commandPage(path, (await command.load()).default),
  }));
  return {
    name,
    section: entry.section,
    page:
      entry.kind === "group"
        ? groupPage(name, entry, (await entry.alone?.load())?.default)
        : undefined,
    definitions: await Promise.all(definitions),
  };
}

function commandsOf(path: string, entry: Entry): (readonly [string, CommandEntry])[] {
  if (entry.kind === "command") return [[path, entry]];
  return [
    ...(entry.alone === undefined ? [] : [[path, entry.alone] as const]),
    ...Object.entries(entry.commands).flatMap(([verb, below]) =>
      commandsOf(`${path} ${verb}`, below),
    ),
  ];
}
