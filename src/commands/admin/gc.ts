import { defineCommand } from "../../command.ts";
import { administer, serviceArguments } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Take away what no row names",
  details:
    "Transcripts without a row, and bytes without a transcript, go when they are older than a day; so does what projects keep no longer (`admin retention`).",
  args: {
    "dry-run": { type: "boolean", description: "only say what would go" },
    ...serviceArguments,
  },
  examples: [{ does: "every night", line: "agent-trace admin gc" }],
  async run(context, { "dry-run": dryRun, ...place }) {
    const { value } = await administer(context, place, (request) =>
      request("POST", { path: "/api/v1/gc", body: { dry_run: dryRun === true } }),
    );
    const { terminal } = context;
    const went = dryRun === true ? "would go" : "went";
    terminal.print(
      `${Number(value["blobs"])} transcripts, ${Number(value["segments"])} segments and ${Number(value["rows"])} rows ${went}`,
    );
    terminal.answer("admin-gc", value);
  },
});
