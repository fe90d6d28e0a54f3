import { AppError } from "../../errors.ts";
import type { ValuePattern } from "../policy.ts";
import { compileExpression } from "./rule.ts";

/** A pattern between slashes, for values that are no secrets. One that fits the empty text would allow everything. */
export function createPattern(text: string): ValuePattern {
  const expression = compileExpression(text.slice(1, -1), `\`${text}\` in \`redaction.allow\``);
  if (expression.matcher("").find()) {
    throw new AppError("usage", `\`${text}\` in \`redaction.allow\` would allow every value`, {
      hint: "say what the values have in common, such as `/^test-/`",
    });
  }
  return { text, isIn: (value) => expression.matcher(value).find() };
}
