import { defineCommand } from "../command.ts";
import { type Finding, createRedactor } from "../redaction/redactor.ts";
import { escapeInvisible, plural, visible } from "../terminal/text.ts";
import { policyOf } from "../workflows/exchange/redact-transcripts.ts";
import { openForRedaction } from "../workflows/exchange/open-for-redaction.ts";

export default defineCommand({
  summary: "Show a conversation as it would leave this machine",
  details:
    "Masks secrets as a push does and changes no file. With `--json`, lists what was found by rule and line, never the secrets themselves.",
  args: {
    what: {
      type: "positional",
      required: true,
      description: "a file, or the id of a conversation",
      completes: "file",
    },
  },
  examples: [{ does: "see what would leave", line: "agent-trace redact session.jsonl" }],
  async run(context, args) {
    const { bytes, project } = openForRedaction(context, args.what);
    const findings: Finding[] = [];
    const found = (finding: Finding): void => void findings.push(finding);
    const redactor = createRedactor(await policyOf(context, project, { compiles: true }), {
      found,
    });
    const text = Buffer.concat([redactor.write(bytes), redactor.end()]).toString("utf8");
    const { slow } = redactor;
    for (const [rule, blocks] of Object.entries(slow)) {
      const where = blocks === 1 ? "1 block" : `${blocks} blocks`;
      context.terminal.warn(
        `rule \`${visible(rule)}\` took too long in ${where}: what its keywords name is masked there`,
      );
    }
    context.terminal.answer("redact", { findings, slow });
    if (context.options.json) return;
    context.terminal.print(escapeInvisible(text.replace(/\n$/, "")));
    context.terminal.note(`${plural(findings.length, "secret")} masked`);
  },
});
