import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { setRemoteUrl } from "../../workflows/remotes/change-remote.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { readTokenSource, tokenArguments } from "../../workflows/remotes/token-source.ts";

export default defineCommand({
  summary: "Change a remote's address",
  details:
    "A token is bound to the scheme, host and port that it was given for. For another place say which token goes there.",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
    url: {
      type: "positional",
      required: true,
      completes: "none",
      description: "https://<host>/<org>/<project>",
    },
    ...tokenArguments,
    "keep-token": { type: "boolean", description: "send the present token to the new place" },
  },
  examples: [
    {
      does: "the service has moved",
      line: "agent-trace remote set-url origin https://new.example.com/acme/app --keep-token",
    },
  ],
  async run(context, args) {
    const { paths } = findStoredProject(context);
    const source = await readTokenSource(context, args);
    const { name } = args;
    const keepToken = args["keep-token"] === true;
    const { url } = await setRemoteUrl(context, paths, { name, url: args.url, source, keepToken });
    context.terminal.print(`Remote ${visible(name)} is now at ${visible(url)}`);
    context.terminal.answer("remote-set-url", { name, url });
  },
});
