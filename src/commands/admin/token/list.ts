import { defineCommand } from "../../../command.ts";
import { showList, when } from "../../../terminal/list.ts";
import { visible } from "../../../terminal/text.ts";
import {
  administer,
  itemsOf,
  orgArgument,
  orgQuery,
  serviceArguments,
} from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "List an org's tokens",
  args: { ...orgArgument, ...serviceArguments },
  examples: [{ does: "tokens of acme", line: "agent-trace admin token list --org acme" }],
  async run(context, { org, ...place }) {
    const { value } = await administer(context, place, (request) =>
      request("GET", { path: `/api/v1/tokens${orgQuery(org)}` }),
    );
    const tokens = itemsOf(value);
    const { terminal } = context;
    // At a terminal the header says it.
    const used = terminal.stdout.isTerminal ? "" : "used ";
    const text = (token: Record<string, unknown>, key: string, otherwise: string): string =>
      visible(String(token[key] ?? otherwise));
    const rows = tokens.map((token) => [
      text(token, "id", ""),
      `${text(token, "prefix", "")}…`,
      text(token, "project_id", "all projects"),
      Array.isArray(token["scopes"]) ? visible(token["scopes"].join(",")) : "",
      token["revoked_at"] === null
        ? `${used}${visible(when(terminal, token["last_used_at"] ?? "never", context.now()))}`
        : `revoked ${visible(when(terminal, token["revoked_at"], context.now()))}`,
      text(token, "name", ""),
    ]);
    showList(terminal, { header: ["id", "token", "project", "scopes", "used", "name"], rows });
    if (tokens.length === 0) terminal.note("no tokens");
    terminal.answer("admin-token-list", { tokens });
  },
});
