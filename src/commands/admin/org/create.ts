import { defineCommand } from "../../../command.ts";
import { parseSlug } from "../../../schema/ids.ts";
import { visible } from "../../../terminal/text.ts";
import { administer, serviceArguments } from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make an org",
  details: "An org that exists already is left as it is.",
  args: {
    slug: { type: "positional", required: true, description: "the org's slug" },
    name: { type: "string", valueHint: "NAME", description: "a name for people" },
    id: { type: "string", valueHint: "ID", description: "an id of your own" },
    ...serviceArguments,
  },
  examples: [
    { does: "make acme on this machine's service", line: "agent-trace admin org create acme" },
  ],
  async run(context, { slug, name, id, ...place }) {
    parseSlug(slug, "the org");
    const { status, value } = await administer(context, place, (request) =>
      request("POST", { path: "/api/v1/orgs", body: { slug, name, id } }),
    );
    const created = status === 201;
    const { terminal } = context;
    terminal.print(
      created
        ? `Made org ${visible(slug)} (${visible(String(value["id"]))})`
        : `Org ${visible(slug)} exists already (${visible(String(value["id"]))})`,
    );
    terminal.answer("admin-org-create", { created, org: value });
  },
});
