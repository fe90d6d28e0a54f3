import { defineCommand } from "../command.ts";
import { plural } from "../terminal/text.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { runGitHook } from "../workflows/provenance/hook-failure.ts";
import { parseRewrites, rewriteLedgers } from "../workflows/provenance/rewrite-ledgers.ts";

const inputBytes = 16 * 1024 * 1024;
const inputMilliseconds = 2_000;

export default defineCommand({
  summary: "Carry claims over to commits that took the place of others",
  details:
    "Called by the post-rewrite hook after an amend or a rebase, with `old new` on each line of stdin. The ledgers of the old commits stay what they are; the new ones get their own.",
  args: {},
  examples: [
    {
      does: "say by hand what a commit was made of",
      line: "echo 3f2c9a1… 9b07d44… | agent-trace rewrite-ledger",
    },
  ],
  run: (context) =>
    runGitHook(context, "rewrite-ledger", async () => {
      const project = findProject(context);
      const input = await context.stdin.read(inputBytes, inputMilliseconds);
      const rewrites = parseRewrites(new TextDecoder().decode(input));
      const linked = await rewriteLedgers(project, rewrites, () => context.now());
      context.terminal.print(`${plural(linked.length, "commit")} linked again`);
      context.terminal.answer("rewrite-ledger", {
        commits: linked.map(({ commit }) => commit.sha),
      });
    }),
});
