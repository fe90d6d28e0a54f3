import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { visible } from "../../terminal/text.ts";
import { setRemoteToken } from "../../workflows/remotes/change-remote.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import {
  askForToken,
  readTokenSource,
  tokenArguments,
} from "../../workflows/remotes/token-source.ts";

export default defineCommand({
  summary: "Give a remote another token",
  details: "At a terminal it asks for the token, and does not show what is typed.",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
    ...tokenArguments,
  },
  examples: [
    { does: "read it from standard input", line: "agent-trace remote set-token origin --token -" },
  ],
  async run(context, args) {
    const { paths } = findStoredProject(context);
    const given = await readTokenSource(context, args);
    const source = given ?? (await askForToken(context, `Token for remote ${args.name}`));
    if (source === undefined) {
      throw new AppError("usage", "`remote set-token` needs `--token` or `--token-env`", {
        hint: "use `--token -` to give it on standard input",
      });
    }
    await setRemoteToken(context, paths, { name: args.name, source });
    context.terminal.print(`Remote ${visible(args.name)} has a new token`);
    context.terminal.answer("remote-set-token", { name: args.name });
  },
});
