import { defineCommand } from "../command.ts";
import { AppError } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { annotateLinked } from "../workflows/provenance/annotate-linked.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { runGitHook } from "../workflows/provenance/hook-failure.ts";
import { linkSince } from "../workflows/provenance/link-since.ts";
import { linkAtHook } from "../workflows/provenance/link-at-hook.ts";
import { type LinkedCommit, linesOf, linkCommit } from "../workflows/provenance/link-commit.ts";

export default defineCommand({
  summary: "Decide which lines of a commit an agent wrote",
  details:
    "Called by git's hooks. Writes the commit's ledger and its commit link; a commit may be linked again at any time. Without a commit it links HEAD, and before it what HEAD has and no hook saw: pulled, merged, or made by a program that runs no hooks.",
  args: {
    commit: {
      type: "positional",
      required: false,
      description: "the commit to link (default: HEAD and what no hook saw)",
    },
    since: {
      type: "string",
      valueHint: "REV|TIME",
      description: "link every commit of HEAD after this commit or time",
      completes: "none",
    },
    "catch-up": { type: "boolean", description: "link only what no hook saw" },
  },
  examples: [
    { does: "link a commit that was made without hooks", line: "agent-trace commit-link 3f2c9a1" },
    { does: "link all of this year", line: "agent-trace commit-link --since 2026-01-01" },
  ],
  async run(context, { commit, since, "catch-up": onlyNew }) {
    const project = findProject(context);
    const now = (): Date => context.now();
    if (commit !== undefined && (since !== undefined || onlyNew === true)) {
      throw new AppError("usage", "a commit, `--since` and `--catch-up` exclude each other");
    }
    const linked =
      since !== undefined
        ? await linkSince(project, since, now)
        : commit !== undefined
          ? [await linkCommit(project, commit, { now: now() })]
          : await runGitHook(context, "commit-link", () =>
              linkAtHook(project, context, { onlyNew: onlyNew === true }),
            );
    if (since !== undefined || commit !== undefined) await annotateLinked(project, linked);
    for (const one of linked) context.terminal.print(describe(one));
    if (linked.length === 0) context.terminal.print("there was nothing to link");
    const last = linked.at(-1);
    context.terminal.answer("commit-link", {
      ...(last === undefined ? {} : document(last)),
      commits: linked.map((one) => document(one)),
    });
  },
});

function describe(linked: LinkedCommit): string {
  const { commit, link } = linked;
  const traces = plural(link?.trace_ids.length ?? 0, "trace");
  return `${commit.sha.slice(0, 7)}: ${plural(linesOf(linked), "line")} AI, ${traces}`;
}

function document(linked: LinkedCommit) {
  return {
    commit_sha: linked.commit.sha,
    ai_lines: linesOf(linked),
    trace_ids: linked.link?.trace_ids ?? [],
  };
}
