import { defineCommand } from "../../../command.ts";
import { visible } from "../../../terminal/text.ts";
import { administer, serviceArguments } from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make a token that takes another one's place, and print it",
  details:
    "It has the same org, project, scopes and name. The former one ends at once, or after `--keep-days`.",
  args: {
    id: { type: "positional", required: true, description: "the token's id" },
    "keep-days": {
      type: "string",
      valueHint: "N",
      description: "days that the former one stays good (0)",
    },
    expires: {
      type: "string",
      valueHint: "DAYS",
      description: "days until the new one ends (never)",
    },
    ...serviceArguments,
  },
  examples: [
    {
      does: "with a week to change over",
      line: "agent-trace admin token rotate 8c1f… --keep-days 7",
    },
  ],
  async run(context, { id, "keep-days": keep, expires, ...place }) {
    const { value } = await administer(context, place, (request) =>
      request("POST", {
        path: `/api/v1/tokens/${encodeURIComponent(id)}/rotate`,
        body: { keep_days: days(keep), expires_days: days(expires) },
      }),
    );
    const { terminal } = context;
    terminal.print(visible(String(value["token"])));
    terminal.note(`Token ${visible(String(value["id"]))}; it is shown this once`);
    terminal.answer("admin-token-rotate", value);
  },
});

/** What is no number goes as it is: the service says what is wrong with it. */
function days(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}
