import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type Rule, parsePolicy } from "../../report/policy.ts";

/** Far more than people write; a file of a repository may be anything. */
const mostBytes = 1024 * 1024;

/** The rules of a policy file, named relative to where the command stands. Only a regular file of some size is read. */
export function readPolicy({ cwd }: Pick<Context, "cwd">, file: string): Rule[] {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(resolve(cwd, file), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > mostBytes) throw unreadable(file);
    return parsePolicy(readFileSync(descriptor, "utf8"));
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(file);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unreadable(file: string): AppError {
  return new AppError("not_found", `the policy \`${file}\` cannot be read`, {
    hint: "name a regular file of at most 1 MiB",
  });
}
