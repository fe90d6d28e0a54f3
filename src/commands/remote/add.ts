import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { addRemote } from "../../workflows/remotes/change-remote.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { readTokenSource, tokenArguments } from "../../workflows/remotes/token-source.ts";

export default defineCommand({
  summary: "Bind a name to a service's address",
  details:
    "With a token the service is asked first whose it is; where it does not fit the URL, nothing is written.",
  args: {
    name: { type: "positional", required: true, description: "such as origin", completes: "none" },
    url: {
      type: "positional",
      required: true,
      description: "https://<host>/<org>/<project>",
      completes: "none",
    },
    ...tokenArguments,
    create: { type: "boolean", description: "register the project on the service first" },
  },
  examples: [
    {
      does: "type or paste the token into standard input, so that no history keeps it",
      line: "agent-trace remote add origin https://traces.example.com/acme/app --token -",
    },
    {
      does: "in CI",
      line: "agent-trace remote add origin https://traces.example.com/acme/app --token-env TRACE_TOKEN",
    },
  ],
  async run(context, args) {
    const { paths } = findStoredProject(context);
    const source = await readTokenSource(context, args);
    const { name, create } = args;
    const { url } = await addRemote(context, paths, {
      name,
      url: args.url,
      source,
      create: create === true,
    });
    context.terminal.print(`Added remote ${name} (${visible(url)})`);
    context.terminal.answer("remote-add", { name, url, token: source !== undefined });
  },
});
