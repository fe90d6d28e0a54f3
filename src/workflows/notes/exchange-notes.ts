import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { ownNotes } from "../../git/notes.ts";
import type { Git } from "../../git/run-git.ts";
import { type Transfer, fetchNotes, listRemotes, pushNotes } from "../../git/transfer-notes.ts";
import { findProject } from "../projects/find-project.ts";
import { requireNetwork } from "../remotes/remote-client.ts";
import { type MergedNotes, mergeFetched, readTip } from "./merge-fetched.ts";

const mostTries = 5;
const firstPause = 200;

export interface ExchangedNotes extends MergedNotes {
  readonly remote: string;
  /** False where the remote has no notes, or nothing that is not here. */
  readonly isNew: boolean;
}

/** Takes in what a git remote has of notes. */
export async function pullNotes(
  context: Context,
  named: string | undefined,
): Promise<ExchangedNotes> {
  const { git, transfer } = await openTransfer(context, named);
  const theirs = await fetchNotes(git, transfer);
  const done = theirs === undefined ? nothing : await mergeFetched(git, theirs);
  return { ...done, remote: transfer.remote, isNew: done.taken + done.merged > 0 };
}

const nothing: MergedNotes = { taken: 0, merged: 0 };

/**
 * Takes in what a git remote has of notes, and pushes all of them, again where somebody else was faster: what is pushed
 * always has in it what the remote had, so that nobody's notes are lost.
 */
export async function sendNotes(
  context: Context,
  named: string | undefined,
): Promise<ExchangedNotes> {
  const { git, transfer } = await openTransfer(context, named);
  let [taken, merged] = [0, 0];
  for (let tries = 0; tries < mostTries; tries++) {
    // Those who were overtaken together do not come again together.
    if (tries > 0) await Bun.sleep(Math.random() * firstPause * 2 ** tries);
    context.signal.throwIfAborted();
    const expected = await fetchNotes(git, transfer);
    const done = expected === undefined ? nothing : await mergeFetched(git, expected);
    [taken, merged] = [taken + done.taken, merged + done.merged];
    const tip = await readTip(git);
    const told = { taken, merged, remote: transfer.remote };
    if (tip === undefined || tip === expected) return { ...told, isNew: false };
    if (await pushNotes(git, transfer, { tip, expected })) return { ...told, isNew: true };
  }
  throw new AppError("conflict", `others were faster to push notes, ${mostTries} times`, {
    hint: "nothing is lost: run `agent-trace notes push` again",
  });
}

async function openTransfer(
  context: Context,
  named: string | undefined,
): Promise<{ readonly git: Git; readonly transfer: Transfer }> {
  requireNetwork(context);
  const { git } = findProject(context);
  const asking = context.options.input ? {} : { GIT_TERMINAL_PROMPT: "0" };
  const own = { ...git, environment: { ...git.environment, ...asking } };
  const remote = chooseRemote(await listRemotes(git), named);
  return { git: own, transfer: { remote, ref: ownNotes, signal: context.signal } };
}

function chooseRemote(remotes: readonly string[], named: string | undefined): string {
  const [only] = remotes;
  const chosen = named ?? (remotes.includes("origin") || remotes.length > 1 ? "origin" : only);
  if (chosen !== undefined && remotes.includes(chosen)) return chosen;
  if (remotes.length === 0) {
    throw new AppError("no_remote", "this repository has no git remote", {
      hint: "add one with `git remote add origin <url>`",
    });
  }
  throw new AppError("unknown_remote", `there is no git remote \`${chosen}\``, {
    hint: `name one with \`--remote\`: ${remotes.join(", ")}`,
  });
}
