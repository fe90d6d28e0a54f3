import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { configFields } from "../../schema/config-fields.ts";
import { updateProjectConfig } from "../../store/project-settings.ts";
import { findStoredProject } from "../projects/find-project.ts";
import { parseValue } from "../projects/settings.ts";
import { splitCommand } from "./split-command.ts";
import { noCommand } from "./summarise.ts";

export interface SummariserChoice {
  readonly enabled: boolean;
  readonly command?: string | undefined;
  readonly seconds?: number | undefined;
}

/** Sets what of the three is given; the rest stays. To switch on without a command is refused. */
export function setSummariser(context: Context, choice: SummariserChoice): object {
  const { paths } = findStoredProject(context);
  const { enabled, command, seconds } = choice;
  if (command !== undefined && splitCommand(command).length === 0) throw noCommand();
  const { summary } = updateProjectConfig(
    paths,
    (config) => {
      const known = config.summary ?? {};
      if (enabled && (command ?? known.command ?? "").trim() === "") throw noCommand();
      config.summary = {
        ...known,
        enabled,
        ...(command === undefined ? {} : { command }),
        ...(seconds === undefined ? {} : { timeout_seconds: seconds }),
      };
    },
    context.terminal.warn,
  );
  return { ...summary };
}

export function parseSeconds(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  const field = configFields.find(({ name }) => name === "summary.timeout-seconds");
  if (field === undefined) throw new AppError("failed", "there is no such setting");
  return Number(parseValue(field, typed));
}
