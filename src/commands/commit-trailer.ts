import { defineCommand } from "../command.ts";
import { readProjectConfig } from "../store/project-settings.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { addTrailers, isTrailerAlone } from "../workflows/provenance/commit-trailer.ts";
import { runGitHook } from "../workflows/provenance/hook-failure.ts";

/** Tells the hook that the commit is to end; no failure of ours has this code. */
const trailerAlone = 3;

export default defineCommand({
  summary: "Name the agents that helped in a commit's message",
  details:
    "Called by git's prepare-commit-msg hook where `commit.trailer` is `assisted-by`, with that hook's arguments. With `--check`, called by commit-msg: ends with 3 where the message is nothing but the trailer, for then the person has written none.",
  args: {
    message: {
      type: "positional",
      required: true,
      description: "the file with the message",
      completes: "none",
    },
    source: { type: "positional", required: false, description: "where the message comes from" },
    commit: { type: "positional", required: false, description: "the commit that is amended" },
    check: { type: "boolean", description: "say whether the message is nothing but the trailer" },
  },
  examples: [{ does: "as the hook does", line: "agent-trace commit-trailer .git/COMMIT_EDITMSG" }],
  run: (context, { message, check }) =>
    runGitHook(context, "commit-trailer", async () => {
      const project = findProject(context);
      // A hook that a team shares calls for everybody, and each one decides.
      const config = readProjectConfig(project.paths, context.terminal.warn);
      if (config?.commit?.trailer !== "assisted-by") return 0;
      if (check === true) return (await isTrailerAlone(project, message)) ? trailerAlone : 0;
      const names = await addTrailers(project, message);
      for (const name of names) context.terminal.print(`Assisted-by: ${name}`);
      context.terminal.answer("commit-trailer", { names });
      return 0;
    }),
});
