import { defineCommand } from "../../../command.ts";
import { AppError } from "../../../errors.ts";
import { parseSlug } from "../../../schema/ids.ts";
import { visible } from "../../../terminal/text.ts";
import { administer, serviceArguments } from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Switch an org's tables by person on or off",
  details:
    "They are off at first. Switched on, the team's page has sums by the token that conversations were sent with, for all members of the org, and tells each of them so.",
  args: {
    slug: { type: "positional", required: true, description: "the org's slug" },
    show: { type: "boolean", description: "show tables by person, to all members" },
    hide: { type: "boolean", description: "show none" },
    ...serviceArguments,
  },
  examples: [
    { does: "show who works with agents", line: "agent-trace admin org people acme --show" },
  ],
  async run(context, { slug, show, hide, ...place }) {
    parseSlug(slug, "the org");
    if ((show === true) === (hide === true)) {
      throw new AppError("usage", "say one of `--show` and `--hide`");
    }
    const shown = show === true;
    await administer(context, place, (request) =>
      request("POST", { path: `/api/v1/orgs/${slug}/people`, body: { shown } }),
    );
    const { terminal } = context;
    terminal.print(
      shown
        ? `${visible(slug)} shows tables by person to all of its members`
        : `${visible(slug)} shows no tables by person`,
    );
    terminal.answer("admin-org-people", { org: slug, shown });
  },
});
