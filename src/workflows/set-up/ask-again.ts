import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { configFields } from "../../schema/config-fields.ts";
import { updateProjectConfig } from "../../store/project-settings.ts";
import { type Asking, askFor, askWhether } from "../../terminal/ask.ts";
import { findProject } from "../projects/find-project.ts";
import { changeField, readSettings } from "../projects/settings.ts";
import { setUp, type SetUpReport } from "./set-up.ts";
import { findPreset, presetLine, presets } from "../summarising/presets.ts";
import { splitCommand } from "../summarising/split-command.ts";

interface Answers {
  /** Values of fields, by their names. */
  readonly values: ReadonlyMap<string, boolean | string>;
  readonly hooks: boolean;
}

/**
 * Asks again for what `init` decides by itself: hooks, notes, summaries. All is asked first and then written, so that
 * whoever gives up has changed nothing.
 */
export async function askAgain(context: Context): Promise<SetUpReport | undefined> {
  const asking = askingOf(context);
  const { paths } = findProject(context);
  const { values, hooks } = await ask(context, asking);
  updateProjectConfig(
    paths,
    (config) => {
      for (const [name, value] of values) changeField(config, name, value);
    },
    context.terminal.warn,
  );
  if (!hooks) return undefined;
  return await setUp(context, { dryRun: false, hooks: true, shared: false });
}

function askingOf({ stdin, terminal, options }: Context): Asking {
  const { readLine } = stdin;
  const canAsk = stdin.isTerminal && terminal.stdout.isTerminal && options.input && !options.json;
  if (canAsk && readLine !== undefined) {
    return { readLine, show: (text) => terminal.stderr.write(text) };
  }
  throw new AppError("usage", "`reset` asks questions, and nobody can be asked here", {
    hint: "set each field with `agent-trace config set <field> <value>`, and hooks with `agent-trace init`",
  });
}

async function ask(context: Context, asking: Asking): Promise<Answers> {
  const settings = readSettings(context);
  const now = (name: string) => settings.find((setting) => setting.name === name)?.value;
  const values = new Map<string, boolean | string>();
  const whether = async (name: string, question: string): Promise<boolean> => {
    const answer = await askWhether(asking, question, now(name) === true);
    values.set(name, answer);
    return answer;
  };
  if (await whether("notes.enabled", questionOf("notes.enabled"))) {
    const rest = configFields.filter(
      ({ name }) => name.startsWith("notes.") && name !== "notes.enabled",
    );
    for (const { name } of rest) await whether(name, questionOf(name));
  }
  if (await whether("summary.enabled", "Summarise each session when it ends?")) {
    const kept = now("summary.command");
    values.set("summary.command", await askCommand(asking, kept));
  }
  const hooks = await askWhether(asking, "Set up the hooks of git and of agents again?", true);
  return { values, hooks };
}

function questionOf(name: string): string {
  const meaning = configFields.find((field) => field.name === name)?.meaning ?? name;
  return `${meaning.slice(0, 1).toUpperCase()}${meaning.slice(1)}?`;
}

async function askCommand(asking: Asking, kept: unknown): Promise<string> {
  const names = presets.map(({ name }) => name).join(", ");
  const now = typeof kept === "string" ? kept : undefined;
  for (;;) {
    const typed = await askFor(asking, `By which program (${names}, or a command)`, now);
    const preset = findPreset(typed);
    if (preset !== undefined) return presetLine(preset, undefined);
    try {
      if (splitCommand(typed).length > 0) return typed;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      asking.show(`${error.message}\n`);
    }
  }
}
