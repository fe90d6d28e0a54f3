import type { Context } from "../../context.ts";
import { readJournal } from "../../store/hook-journal.ts";
import { readLookedAt } from "../../store/looked-at.ts";
import { placeOf as pendingPlaceOf } from "../provenance/work-tree-place.ts";
import { AppError } from "../../errors.ts";
import { isShallow } from "../../git/is-shallow.ts";
import { readGitText } from "../../git/run-git.ts";
import { fetchCapabilities } from "../../remote/capabilities.ts";
import { isRegistered } from "../../remote/create-project.ts";
import { checkScope } from "../../remote/whoami.ts";
import { parseRemoteUrl } from "../../schema/remote-url.ts";
import type { Remote } from "../../schema/settings.ts";
import { type StorageCheck, checkStorage } from "../../store/check-storage.ts";
import { type HookError, readHookErrors } from "../../store/hook-errors.ts";
import { isSameEpoch } from "../../schema/epoch.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { countRecords } from "../../store/project-counts.ts";
import { differingLedgers } from "../../store/exchange/differing-ledgers.ts";
import { openExchange } from "../../store/exchange/open-exchange.ts";
import { plural } from "../../terminal/text.ts";
import { shortPath } from "../set-up/describe-set-up.ts";
import { type StoredProject, findStoredProject } from "../projects/find-project.ts";
import { listRemotes } from "../remotes/find-remote.ts";
import { planGitHooks, wantedHooks } from "../set-up/git-hooks.ts";
import { hookProblems, readHookStates, unheardAgents } from "../set-up/hook-states.ts";
import { clientFor } from "../remotes/remote-client.ts";
import { placeOf, resolveToken } from "../remotes/remote-token.ts";
import { examineConfiguration } from "./examine-configuration.ts";
import { examineNotes } from "./examine-notes.ts";
import { examineRedaction } from "./examine-redaction.ts";
import { examineRules } from "./examine-rules.ts";
import type { Finding } from "./finding.ts";

/** Looks at everything that has to work together. Only remotes need the network; offline they are left out. */
export async function examine(context: Context): Promise<Finding[]> {
  const project = findStoredProject(context);
  return [
    await examineGit(context, project),
    ...(await examineNotes(project)),
    ...(await examineHooks(context, project)),
    ...examineConfiguration(context, project.paths),
    ...examineRules(project),
    ...(await examineRedaction(context, project.paths)),
    ...examineStorage(context, project.paths),
    ...(await examineRemotes(context, project.paths)),
    ...examineEvents(context, project.paths),
    ...examineMissed(context, project),
    ...examineLedgers(project),
  ];
}

async function examineGit(context: Context, { git, paths }: StoredProject): Promise<Finding> {
  const area = "git";
  if (git === undefined) {
    const message = `the repository of project ${paths.id} was not found`;
    return { level: "fail", area, message, fix: "run `agent-trace init` in the repository" };
  }
  try {
    const version = (await readGitText(git, ["--version"])).trim().replace(/^git version /, "");
    const place = shortPath(git.repository.workTree, context.userHome);
    const message = `git ${version}, repository at ${place}`;
    if (!isShallow(git.repository)) return { level: "ok", area, message };
    const shallow = `${message}, a shallow clone: of older lines nothing is known`;
    return { level: "warn", area, message: shallow, fix: "git fetch --unshallow" };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { level: "fail", area, message: error.message, fix: error.hint, code: error.label };
  }
}

async function examineHooks(context: Context, { git, paths }: StoredProject): Promise<Finding[]> {
  const area = "hooks";
  if (git === undefined) return [];
  const states = await readHookStates(context, git);
  if (!states.some(({ isInstalled }) => isInstalled)) {
    // As after `init --no-hooks`: one choice of the person's, not one problem a hook.
    const message = "no hook calls agent-trace: nothing is recorded here by itself";
    return [{ level: "warn", area, message, fix: "agent-trace init", mending: { kind: "hooks" } }];
  }
  const names = wantedHooks(paths);
  const plan = await planGitHooks(git, { program: context.program, shared: false, names });
  const skipped = plan.filter(({ action }) => action === "skipped");
  const advice = new Map(skipped.map(({ path, hint }) => [path, hint ?? ""] as const));
  const problems = hookProblems(states, advice);
  if (problems.length > 0) {
    const mending = { kind: "hooks" } as const;
    return problems.map(({ problem: message, fix }) => {
      return { level: "fail", area, message, fix, mending };
    });
  }
  const calling = states.filter(({ isInstalled }) => isInstalled).map(({ name }) => name);
  const message = `hooks: ${[...new Set(calling)].join(", ")} call agent-trace`;
  const unheard = unheardAgents(states).map((name): Finding => {
    const told = `${name} is on this machine, and its hooks do not call agent-trace`;
    return {
      level: "warn",
      area,
      message: told,
      fix: "agent-trace init",
      mending: { kind: "hooks" },
    };
  });
  return [{ level: "ok", area, message }, ...unheard];
}

function examineStorage(context: Context, project: ProjectPaths): Finding[] {
  const area = "storage";
  const findings: Finding[] = [];
  const warn = (message: string): void => {
    findings.push({ level: "fail", area, message, fix: "look at the file; a new one is made" });
  };
  const storage = checkStorage(context.home, project, warn);
  const home = shortPath(context.home, context.userHome);
  if (storage.open.length > 0) {
    findings.push({
      level: "fail",
      area,
      message: `${plural(storage.open.length, "file")} in ${home} can be read by others`,
      fix: `chmod -R go= ${home}`,
      mending: { kind: "permissions", paths: storage.open },
    });
  }
  findings.push(...describeLines(storage));
  for (const path of storage.setAside) {
    const message = `a damaged file was kept as ${shortPath(path, context.userHome)}`;
    findings.push({ level: "warn", area, message, fix: "delete it when it is of no more use" });
  }
  if (storage.missingSnapshots > 0) {
    const message = `${plural(storage.missingSnapshots, "transcript")} not in the cache`;
    findings.push({ level: "warn", area, message, fix: "agent-trace pull" });
  }
  if (findings.length > 0) return findings;
  const records = storage.files.reduce((sum, file) => sum + file.records, 0);
  return [{ level: "ok", area, message: `storage: ${plural(records, "record")} in ${home}` }];
}

function describeLines({ files }: StorageCheck): Finding[] {
  return files.flatMap(({ name, unreadable, torn }) => {
    const lines = unreadable + (torn ? 1 : 0);
    if (lines === 0) return [];
    const message = `${plural(lines, "line")} of ${name} ${lines === 1 ? "is" : "are"} torn or damaged`;
    const fix = 'docs/design.md, "Invariants of the store"; such lines are passed over, never sent';
    return [{ level: "warn", area: "storage", message, fix }] as const;
  });
}

async function examineRemotes(context: Context, project: ProjectPaths): Promise<Finding[]> {
  const area = "remote";
  const remotes = listRemotes(context, project);
  if (context.options.offline && remotes.length > 0) {
    return [
      { level: "ok", area, message: `${plural(remotes.length, "remote")} left out (offline)` },
    ];
  }
  const findings = await Promise.all(
    remotes.map(async (remote): Promise<Finding[]> => {
      try {
        return await examineRemote(context, project, remote);
      } catch (error) {
        if (!(error instanceof AppError) || context.signal.aborted) throw error;
        const message = `remote \`${remote[0]}\`: ${error.message}`;
        return [{ level: "fail", area, message, fix: error.hint, code: error.label }];
      }
    }),
  );
  return findings.flat();
}

async function examineRemote(
  context: Context,
  project: ProjectPaths,
  [name, remote]: readonly [string, Remote],
): Promise<Finding[]> {
  const area = "remote";
  const findings: Finding[] = [];
  const setToken = `agent-trace remote set-token ${name}`;
  if (placeOf(remote.auth?.token_ref ?? "global:") === "entry") {
    const message = `the token of remote \`${name}\` stands in remotes.json, where other programs read it`;
    findings.push({ level: "warn", area, message, fix: setToken });
  }
  const url = parseRemoteUrl(remote.url);
  const use = { project: project.id, name, remote, origin: url.origin };
  const client = clientFor(context, url, { name, token: resolveToken(context, use) });
  const { epoch } = await fetchCapabilities(client, url.project);
  const whoami = await checkScope({ client, url, setToken });
  if (whoami === undefined) {
    const message = `remote \`${name}\` is too old to say whose token this is`;
    return [...findings, { level: "warn", area, message, code: "whoami_unsupported" }];
  }
  const suffix = epoch === undefined ? "" : ` (epoch ${epoch})`;
  findings.unshift({ level: "ok", area, message: `Remote '${name}' token matches URL${suffix}` });
  if (whoami.scopes.length > 0 && !whoami.scopes.includes("write")) {
    const scopes = whoami.scopes.join(", ");
    const message = `the token of remote \`${name}\` cannot push: its scope is ${scopes}`;
    findings.push({ level: "warn", area, message, fix: setToken });
  }
  if (!(await isRegistered(client, url))) {
    findings.push({
      level: "fail",
      area,
      message: `project \`${url.project}\` is not registered at remote \`${name}\``,
      fix: `agent-trace project create ${url.url}`,
      code: "project_not_found",
    });
  }
  const { warn } = context.terminal;
  using store = openExchange(project, { remote: name, warn, now: context.now, looksOnly: true });
  const known = store.memory.identity()?.epoch;
  if (epoch !== undefined && known !== undefined && !isSameEpoch(known, epoch)) {
    findings.push({
      level: "warn",
      area,
      message: `the data of remote \`${name}\` was restored or replaced since the last exchange`,
      fix: "agent-trace sync",
    });
  }
  return findings;
}

/** What became of hook events: recorded, linked, or dropped and why. */
function examineEvents(context: Context, project: ProjectPaths): Finding[] {
  const area = "events";
  const { traces, commitLinks } = countRecords(project, context.terminal.warn);
  const message = `${plural(traces, "event")} recorded, ${plural(commitLinks, "commit")} linked`;
  const findings: Finding[] = [{ level: "ok", area, message }];
  const { cutOff } = readJournal(context.home, context.now());
  if (cutOff > 0) {
    const cut = `${plural(cutOff, "hook event")} cut off before the end: killed, or out of time`;
    findings.push({ level: "warn", area, message: cut, fix: "agent-trace status --verbose" });
  }
  const errors = readHookErrors(context.home, (unreadable) => {
    const fix = "look at the file's owner and permissions";
    findings.push({ level: "fail", area, message: unreadable, fix });
  });
  const first = errors[0];
  if (first === undefined) return findings;
  const dropped = `${plural(errors.length, "hook event")} failed since ${first.time.slice(0, 10)}`;
  const details = `${dropped}: ${commonReasons(errors)}`;
  return [
    ...findings,
    { level: "warn", area, message: details, fix: "agent-trace status --verbose" },
  ];
}

const missedFor = 14 * 24 * 60 * 60 * 1000;

/** Commits that were found later, because git's hooks did not run for them. */
function examineMissed(context: Context, { paths, git }: StoredProject): Finding[] {
  if (git === undefined) return [];
  const { missed = [] } = readLookedAt(pendingPlaceOf(paths, git.repository));
  const since = context.now().getTime() - missedFor;
  const recent = missed.filter(({ time }) => Date.parse(time) >= since);
  const first = recent[0];
  if (first === undefined) return [];
  const names = recent.slice(-3).map(({ commit }) => commit.slice(0, 7));
  const message = `${plural(recent.length, "commit")} made past git's hooks since ${first.time.slice(0, 10)} (${names.join(", ")}), linked later`;
  const fix =
    "commit with a program that runs git's hooks, or run `agent-trace commit-link` after it";
  return [{ level: "warn", area: "events", message, fix }];
}

/** Ledgers of teammates that say otherwise of commits which this machine linked itself. */
function examineLedgers({ paths }: StoredProject): Finding[] {
  return [...differingLedgers(paths).keys()].map((commit): Finding => {
    const short = commit.slice(0, 7);
    const message = `a teammate's ledger of ${short} differs from the one that was linked here`;
    return { level: "warn", area: "events", message, fix: `agent-trace ledger show ${short}` };
  });
}

function commonReasons(errors: readonly HookError[]): string {
  const counts = new Map<string, number>();
  for (const { reason, agent, event } of errors) {
    // Whose event it was is the cause, where nobody here knows it.
    const whose = [agent ?? "an unknown agent", event].filter(Boolean).join(" ");
    const told = reason === "this event is not supported" ? `${reason}: ${whose}` : reason;
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, 3).map(([reason, number]) => `${reason} (${number})`);
  return shown.join("; ") + (sorted.length > shown.length ? "; and others" : "");
}
