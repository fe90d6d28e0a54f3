import { defineCommand } from "../../../command.ts";
import { visible } from "../../../terminal/text.ts";
import {
  administer,
  orgArgument,
  serviceArguments,
} from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make a token and print it",
  details: "The token is printed alone on stdout, this once; the service keeps only its hash.",
  args: {
    ...orgArgument,
    // `-p` and `--project` are global; a token's project is another thing.
    bind: { type: "string", valueHint: "PROJECT", description: "good for this project alone" },
    scope: {
      type: "string",
      valueHint: "SCOPE",
      repeatable: true,
      description: "read, write or projects:write; may be repeated (read and write)",
    },
    expires: { type: "string", valueHint: "DAYS", description: "days until it ends (never)" },
    name: { type: "string", valueHint: "NAME", description: "what it is for" },
    ...serviceArguments,
  },
  examples: [
    {
      does: "a token for a colleague",
      line: "agent-trace admin token create --org acme --name ada",
    },
    {
      does: "a token that can only read one project",
      line: "agent-trace admin token create --org acme --bind app --scope read",
    },
  ],
  async run(context, { org, bind, scope, expires, name, ...place }) {
    const { value } = await administer(context, place, (request) =>
      request("POST", {
        path: "/api/v1/tokens",
        body: {
          org_slug: org,
          project_id: bind,
          scopes: scope?.split("\n"),
          name,
          // What is no number goes as it is: the service says what is wrong with it.
          expires_days: expires !== undefined && /^\d+$/.test(expires) ? Number(expires) : expires,
        },
      }),
    );
    const { terminal } = context;
    terminal.print(visible(String(value["token"])));
    terminal.note(`Token ${visible(String(value["id"]))}; it is shown this once`);
    terminal.answer("admin-token-create", value);
  },
});
