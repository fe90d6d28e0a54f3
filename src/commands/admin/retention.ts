import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { visible } from "../../terminal/text.ts";
import { administer, orgArgument, serviceArguments } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Set how long a project keeps traces and conversations",
  details:
    "What is older goes at the next `admin gc`. Ledgers and commit links stay, so blame goes on to know the lines. Nothing goes unless this was set.",
  args: {
    slug: { type: "positional", required: true, description: "the project's slug" },
    "keep-days": { type: "string", valueHint: "N", description: "days; `off` keeps everything" },
    ...orgArgument,
    ...serviceArguments,
  },
  examples: [
    { does: "half a year", line: "agent-trace admin retention app --org acme --keep-days 180" },
  ],
  async run(context, { slug, org, "keep-days": days, ...place }) {
    if (days === undefined || !/^(?:off|\d{1,5})$/.test(days)) {
      throw new AppError("usage", "`--keep-days` needs a number of days, or `off`");
    }
    const { value } = await administer(context, place, (request) =>
      request("POST", {
        path: `/api/v1/projects/${encodeURIComponent(slug)}/retention`,
        body: { org_slug: org, keep_days: days === "off" ? null : Number(days) },
      }),
    );
    context.terminal.print(
      days === "off"
        ? `${visible(slug)} keeps everything`
        : `${visible(slug)} keeps traces and conversations for ${days} days`,
    );
    context.terminal.answer("admin-retention", value);
  },
});
