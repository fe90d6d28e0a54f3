import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ConfigField } from "../../schema/config-fields.ts";
import { plural, visible } from "../../terminal/text.ts";
import { parseValue } from "../projects/settings.ts";
import { rootOf } from "./redact-transcripts.ts";
import { keptPath, parseAllow, readRules } from "./redaction-settings.ts";

/**
 * Looks at what is typed for a setting of redaction before it is kept, so that no push finds out; gives it in the form in
 * which it is kept. Other settings pass as they are.
 */
export async function prepareRedactionSetting(
  context: Context,
  field: ConfigField,
  { typed, yes }: { readonly typed: string; readonly yes: boolean },
): Promise<string> {
  if (field.name === "redaction.enabled" && parseValue(field, typed) === false && !yes) {
    await confirmUnmasked(context);
  }
  if (field.name === "redaction.allow") await parseAllow(typed);
  return field.name === "redaction.rules" && typed !== ""
    ? await prepareRules(context, typed)
    : typed;
}

async function prepareRules(context: Context, typed: string): Promise<string> {
  const path = resolve(context.cwd, typed);
  const { rules, passedOver } = (await readRules(path, typed)).parsed;
  for (const rule of rules) rule.compile();
  if (passedOver.length > 0) {
    const names = passedOver.map((id) => `\`${visible(id)}\``).join(", ");
    context.terminal.warn(`rules for names of files find nothing in conversations: ${names}`);
  }
  context.terminal.note(`${plural(rules.length, "rule")} read`);
  return keptPath(rootOf(context), path);
}

async function confirmUnmasked({ stdin, terminal, options }: Context): Promise<void> {
  const isAsked = stdin.isTerminal && terminal.stdout.isTerminal && options.input && !options.json;
  const problem = "without redaction conversations leave with the secrets that stand in them";
  if (isAsked && stdin.readLine !== undefined) {
    const show = (text: string): void => void terminal.stderr.write(text);
    const answer = await stdin.readLine(() => show(`${problem}. Switch it off? [y/N] `), show);
    show("\n");
    if (/^\s*y(?:es)?\s*$/i.test(answer ?? "")) return;
    throw new AppError("interrupted", "redaction stays as it is");
  }
  throw new AppError("usage", problem, { hint: "add `--yes` if that is meant" });
}
