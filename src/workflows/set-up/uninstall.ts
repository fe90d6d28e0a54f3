import { renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { loadAgentHooks, planHookRemoval } from "./agent-hooks.ts";
import { type FileChange, applyChange, readText } from "./file-change.ts";

/** One thing that goes, and the words for it. */
export interface Removal {
  readonly what: "hooks" | "path line" | "program" | "receipt";
  readonly change: FileChange;
}

/**
 * What uninstalling takes away, in its order: first what calls the program, then the program, then the receipt, so that
 * a run that was stopped can be repeated as long as there is a program to run.
 */
export async function planUninstall(
  context: Pick<Context, "program" | "environment" | "userHome">,
): Promise<Removal[]> {
  const { program } = context;
  const receiptPath = join(dirname(program.path), ".agent-trace-receipt.json");
  const receipt = readText(receiptPath);
  if (receipt === undefined) {
    throw new AppError("not_found", `\`${program.path}\` was not put there by an install script`, {
      hint: "remove it by what installed it, such as the package manager, or delete the file",
    });
  }
  const removals: Removal[] = [];
  for (const known of await loadAgentHooks()) {
    for (const file of known.hooks.everywhere(context)) {
      const { change } = planHookRemoval(known, { file });
      if (change !== undefined) removals.push({ what: "hooks", change });
    }
  }
  const start = pathFileOf(receipt);
  const text = start === undefined ? undefined : readText(start);
  if (start !== undefined && text !== undefined) {
    const kept = text.split("\n").filter((line) => !addsToPath(line, dirname(program.path)));
    const rest = kept.join("\n");
    if (rest !== text) {
      removals.push({
        what: "path line",
        change: { path: start, text: rest.trim() === "" ? undefined : rest },
      });
    }
  }
  removals.push({ what: "program", change: { path: program.path, text: undefined } });
  removals.push({ what: "receipt", change: { path: receiptPath, text: undefined } });
  return removals;
}

export function carryOut(removals: readonly Removal[]): void {
  for (const { what, change } of removals) {
    if (what === "program" && process.platform === "win32") {
      // A program that runs cannot be deleted there; under another name it is out of the way.
      renameSync(change.path, change.path.replace(/\.exe$/i, ".old.exe"));
    } else {
      applyChange(change);
    }
  }
}

function pathFileOf(receipt: string): string | undefined {
  try {
    const value: unknown = JSON.parse(receipt);
    const file =
      value !== null && typeof value === "object" && "path_file" in value ? value.path_file : "";
    return typeof file === "string" && file !== "" ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The line that the install script wrote for this directory, and no other that a person may have written. */
function addsToPath(line: string, directory: string): boolean {
  const quoted = `'${directory.replaceAll("'", "'\\''")}'`;
  return (
    line === `export PATH=${quoted}:"$PATH" # agent-trace` ||
    line === `fish_add_path ${quoted} # agent-trace`
  );
}
