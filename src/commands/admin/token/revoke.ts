import { defineCommand } from "../../../command.ts";
import { visible } from "../../../terminal/text.ts";
import { administer, serviceArguments } from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Revoke a token",
  args: {
    id: {
      type: "positional",
      required: true,
      description: "the token's id, as `admin token list` shows it",
    },
    ...serviceArguments,
  },
  examples: [
    {
      does: "revoke one",
      line: "agent-trace admin token revoke 6f1c1a52-6a3c-4bb7-9f0e-0d1f4f5f7a10",
    },
  ],
  async run(context, { id, ...place }) {
    await administer(context, place, (request) =>
      request("DELETE", { path: `/api/v1/tokens/${encodeURIComponent(id)}` }),
    );
    context.terminal.print(`Revoked token ${visible(id)}`);
    context.terminal.answer("admin-token-revoke", { id });
  },
});
