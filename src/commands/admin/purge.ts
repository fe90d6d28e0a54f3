import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { administer, orgArgument, serviceArguments } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Take conversations away for good",
  details:
    "Their rows and bytes go from the service. Nobody can send them again, and every pull removes its copy. Give one of `--conversation`, `--blob` and `--before`.",
  args: {
    slug: { type: "positional", required: true, description: "the project's slug" },
    ...orgArgument,
    conversation: { type: "string", valueHint: "ID", description: "this conversation" },
    blob: { type: "string", valueHint: "SHA256", description: "this state of a transcript" },
    before: { type: "string", valueHint: "TIME", description: "all that came before a time" },
    "dry-run": { type: "boolean", description: "only say how many would go" },
    yes: { type: "boolean", description: "really purge" },
    ...serviceArguments,
  },
  examples: [
    {
      does: "a conversation with a secret in it",
      line: "agent-trace admin purge app --org acme --conversation 3f2c… --yes",
    },
  ],
  async run(context, { slug, org, conversation, blob, before, ...rest }) {
    const { "dry-run": dryRun, yes, ...place } = rest;
    const given = [conversation, blob, before].filter((value) => value !== undefined);
    if (given.length !== 1) {
      throw new AppError("usage", "a purge needs one of `--conversation`, `--blob` and `--before`");
    }
    if (yes !== true && dryRun !== true) {
      throw new AppError("usage", `this would take conversations of \`${slug}\` away for good`, {
        hint: "look with `--dry-run`, then add `--yes`",
      });
    }
    const { value } = await administer(context, place, (request) =>
      request("POST", {
        path: "/api/v1/purge",
        body: {
          org_slug: org,
          project_id: slug,
          conversation_id: conversation,
          sha256: blob,
          before,
          dry_run: dryRun === true,
        },
      }),
    );
    const count = Number(value["conversations"]);
    context.terminal.print(`${count} conversations ${dryRun === true ? "would go" : "went"}`);
    context.terminal.answer("admin-purge", value);
  },
});
