import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectId } from "../../src/schema/ids.ts";
import { updateConfig } from "../../src/store/config.ts";
import { appendHookError } from "../../src/store/hook-errors.ts";
import { growLiveCopy } from "../../src/store/transcripts/live-copy.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { lockPending, pendingPlace, writePending } from "../../src/store/pending.ts";
import { updateProjectConfig, updateRemotes } from "../../src/store/project-settings.ts";
import { appendTrace } from "../../src/store/records.ts";
import { registerProject } from "../../src/store/registry.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import { trace } from "./scene.ts";

process.umask(0);
const home = process.argv[2] ?? "";
const project = projectPaths(home, `at-${"0".repeat(32)}` as ProjectId);
const warn = (): void => {};
appendHookError(home, { time: "t", hook: "record", reason: "r" });
updateConfig(home, (config) => void (config.tokens = { a: "secret" }), warn);
registerProject(home, project.id, {
  root: "/r",
  originUrl: "https://me:secret@example.com/r.git",
  firstCommitSha: null,
  createdAt: "t",
  warn,
});
updateProjectConfig(project, () => {}, warn);
updateRemotes(project, () => {}, warn);
appendTrace(project, trace("1"));
const place = pendingPlace(project, "/r");
{
  using _lock = lockPending(place);
  const pending = {
    version: 1,
    path: "a",
    text: "",
    authors: [],
    claims: [],
    toolUses: [],
  } as const;
  writePending(place, pending);
}
// The transcript is the agent's own, and stands elsewhere.
const elsewhere = `${home}-agent`;
mkdirSync(elsewhere);
const source = join(elsewhere, "session.jsonl");
writeFileSync(source, "one\n");
growLiveCopy(project, { path: source });
appendFileSync(source, "two\n");
using store = openExchange(project, {
  remote: "origin",
  warn,
  now: () => new Date(),
});
store.memory.identify({ url: "http://x/a/b", epoch: "e" });
await store.transcripts.take(new AbortController().signal);
store.rows.acknowledge("traces", store.rows.candidates("traces", "unsent"));
store.transcripts.remember([
  {
    conversationId: "d".repeat(64) as never,
    blob: "e".repeat(64) as never,
    updatedAt: "t",
    bytes: undefined,
  },
]);
store.memory.flush();
