import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { setTranscriptPolicy } from "../../workflows/remotes/change-remote.ts";

export default defineCommand({
  summary: "Say whether conversations go to a remote",
  details:
    "With `none` a push sends attribution alone: neither conversations nor their summaries leave for this remote, and others read that their author did not share them. What was sent before stays there.",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
    transcripts: {
      type: "enum",
      options: ["redacted", "none"],
      description: "with their secrets masked (as without a policy), or not at all",
    },
  },
  examples: [
    {
      does: "share attribution without conversations",
      line: "agent-trace remote set-policy origin --transcripts none",
    },
  ],
  run(context, { name, transcripts }) {
    if (transcripts === undefined) {
      throw new AppError("usage", "`remote set-policy` needs `--transcripts`", {
        hint: "add `--transcripts redacted` or `--transcripts none`",
      });
    }
    const { paths } = findStoredProject(context);
    setTranscriptPolicy(context, paths, { name, transcripts });
    const what = transcripts === "none" ? "No conversation goes" : "Conversations go";
    context.terminal.print(`${what} to ${visible(name)} from now on`);
    context.terminal.answer("remote-set-policy", { name, transcripts });
  },
});
