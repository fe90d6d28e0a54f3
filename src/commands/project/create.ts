import { defineCommand } from "../../command.ts";
import { parseRemoteUrl } from "../../schema/remote-url.ts";
import { createProjectFor } from "../../workflows/remotes/register-project.ts";
import { readTokenSource, tokenArguments } from "../../workflows/remotes/token-source.ts";
import { visibleLines } from "../../terminal/text.ts";

export default defineCommand({
  summary: "Register a project on a service",
  details:
    "Without a token the service's admin secret is taken from AGENT_TRACE_ADMIN_SECRET. In a pipe the project is printed as JSON.",
  args: {
    url: {
      type: "positional",
      required: true,
      completes: "none",
      description: "https://<host>/<org>/<project>",
    },
    ...tokenArguments,
    name: { type: "string", valueHint: "NAME", description: "a name for people" },
    description: { type: "string", valueHint: "TEXT", description: "what the project is" },
  },
  examples: [
    {
      does: "register acme/app",
      line: "agent-trace project create https://traces.example.com/acme/app --token-env TRACE_TOKEN",
    },
  ],
  async run(context, args) {
    const url = parseRemoteUrl(args.url);
    const source = await readTokenSource(context, args);
    const { name: title, description } = args;
    const project = await createProjectFor(context, url, {
      source,
      existing: "conflict",
      title,
      description,
    });
    const { terminal } = context;
    terminal.print(
      terminal.stdout.isTerminal
        ? `Registered project ${url.project} in org ${url.org}`
        : visibleLines(JSON.stringify(project, undefined, 2)),
    );
    terminal.answer("project-create", { ...project });
  },
});
