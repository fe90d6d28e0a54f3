import { mkdirSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ledger } from "../../src/schema/ledger.ts";
import { type Random, seeded } from "./random.ts";

/**
 * Who put a line there. `either` is a line of which nobody could tell by what the hooks see: it is an agent's, but
 * nothing is expected of it (moved by hand, one of two equal neighbours, its hook was lost, a formatter changed it).
 */
export type Hand = "base" | "person" | "agent" | "either";

interface Line {
  readonly text: string;
  readonly hand: Hand;
  /** No two lines have the same: the shadow's git can never take one for the other. */
  readonly id: number;
}

export interface Tally {
  agent: number;
  agentClaimed: number;
  others: number;
  othersClaimed: number;
  /** Lines of others that read like one of an agent's: what matching by text alone would claim. */
  othersAlike: number;
  readonly faults: string[];
}

export function emptyTally(): Tally {
  return { agent: 0, agentClaimed: 0, others: 0, othersClaimed: 0, othersAlike: 0, faults: [] };
}

const mark = "\u001f";

function cut(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

const weak = ["}", "", "\treturn nil", "})", "\t}", "\tend", "  });", "{"];
/** Words that both sides use, so that equal lines come about by themselves. */
const shared = ["\tlog.Info(ctx)", "\tdefer close()", "\ti++", "import fmt", "\tx := 1"];

/**
 * Two repositories in which the same happens: the real one, with hooks, and a shadow whose lines carry their author.
 * Git itself moves the authors through merges, stashes and picks in the shadow, so the truth is not found by any diff
 * of ours. Where both disagree about a text (equal lines that merge another way), the run ends.
 */
export class HostileWork {
  readonly root: string;
  readonly #shadow: string;
  readonly #home: string;
  readonly #random: Random;
  readonly #program: string;
  readonly #tally: Tally;
  readonly log: string[] = [];
  #files = new Map<string, Line[]>();
  #count = 0;
  #judged = 0;
  /** All that agents ever wrote, wherever. */
  readonly #written = new Set<string>();
  #hasRecreated = false;
  #late: object | undefined;
  readonly #moved = new Set<string>();

  constructor(directory: string, options: { program: string; seed: number; tally: Tally }) {
    this.#random = seeded(options.seed);
    this.#program = options.program;
    this.#tally = options.tally;
    this.root = join(directory, "real");
    this.#shadow = join(directory, "shadow");
    this.#home = join(directory, "home");
    for (const path of [this.root, this.#shadow, this.#home]) mkdirSync(path);
    for (const cwd of [this.root, this.#shadow])
      this.#run(["git", "init", "-q", "-b", "main"], cwd);
    this.#write("go/base.go", this.#lines(this.#code(12 + this.#random.below(10)), "base"));
    this.#write("crlf.txt", this.#lines(this.#code(6), "base"));
    this.#write("nofinal.md", this.#lines(this.#code(5), "base"));
    this.#both("add", "-A");
    this.#both("commit", "-q", "-m", "base");
    this.#run([this.#program, "init"], this.root);
  }

  #environment(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.#home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@localhost",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@localhost",
      GIT_EDITOR: "true",
      GIT_MERGE_AUTOEDIT: "no",
    };
  }

  #try(argv: readonly string[], cwd: string, input = ""): { code: number; out: string } {
    const child = Bun.spawnSync([...argv], {
      cwd,
      env: this.#environment(),
      stdin: new TextEncoder().encode(input),
    });
    return { code: child.exitCode, out: child.stdout.toString() + child.stderr.toString() };
  }

  #run(argv: readonly string[], cwd: string, input = ""): string {
    const { code, out } = this.#try(argv, cwd, input);
    if (code !== 0) throw new Error(`${argv.join(" ")}: ${out}`);
    return out;
  }

  /** The same git command in both; whether it went well, which must be the same in both. */
  #both(...args: string[]): boolean {
    const real = this.#try(["git", ...args], this.root);
    const shadow = this.#try(["git", ...args], this.#shadow);
    if ((real.code === 0) !== (shadow.code === 0)) throw new Diverged(args.join(" "));
    return real.code === 0;
  }

  #lines(texts: readonly string[], hand: Hand): Line[] {
    if (hand === "agent") for (const text of texts) this.#written.add(text);
    return texts.map((text) => ({ text, hand, id: this.#count++ }));
  }

  #code(count: number): string[] {
    return Array.from({ length: count }, () => {
      if (this.#random.chance(0.25)) return this.#random.pick(weak);
      if (this.#random.chance(0.15)) return this.#random.pick(shared);
      return `${this.#random.pick(["", "\t", "\t\t"])}call${this.#random.below(1e6)}(x)`;
    });
  }

  #function(): string[] {
    const name = this.#random.below(1e6);
    const body = this.#code(1 + this.#random.below(4)).map((text) => text.replace(/^\t*/, "\t"));
    return [`func f${name}() {`, ...body, "", "\treturn nil", "}", ""];
  }

  static #text(path: string, lines: readonly Line[], show: (line: Line) => string): string {
    if (lines.length === 0) return "";
    const end = path.includes("crlf") ? "\r\n" : "\n";
    const joined = lines.map(show).join(end);
    return path.includes("nofinal") && lines.at(-1)?.text !== "" ? joined : joined + end;
  }

  #write(path: string, lines: Line[]): void {
    this.#files.set(path, lines);
    for (const [root, show] of this.#views()) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, HostileWork.#text(path, lines, show));
    }
  }

  /** Both repositories, and how a line is written in each. */
  #views(): [string, (line: Line) => string][] {
    return [
      [this.root, ({ text }) => text],
      [this.#shadow, ({ text, hand, id }) => `${text}${mark}${hand}${mark}${id}`],
    ];
  }

  static #parse(text: string): Line[] {
    return cut(text.replaceAll("\r\n", "\n")).map((line) => {
      const [content = "", hand, id] = line.split(mark);
      if (hand === undefined) throw new Diverged("a conflict's mark");
      return { text: content, hand: hand as Hand, id: Number(id) };
    });
  }

  /** After git changed the work trees: who wrote what stands there now. */
  #reread(): void {
    const tracked = (root: string): string[] =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !`${entry.parentPath}/`.includes("/.git/"))
        .filter((entry) => !`${entry.parentPath}/`.includes("/.claude/"))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .sort();
    const paths = tracked(this.#shadow);
    if (tracked(this.root).join() !== paths.join()) throw new Diverged("the files");
    this.#files = new Map();
    for (const path of paths) {
      const lines = HostileWork.#parse(readFileSync(join(this.#shadow, path), "utf8"));
      const text = readFileSync(join(this.root, path), "utf8");
      if (text !== HostileWork.#text(path, lines, (line) => line.text)) throw new Diverged(path);
      this.#files.set(path, lines);
    }
  }

  // What people do

  #pickFile(): [string, Line[]] {
    const files = [...this.#files].filter(([, lines]) => lines.length > 0);
    if (files.length === 0) {
      this.#write("again.go", this.#lines(this.#function(), "person"));
      return ["again.go", this.#files.get("again.go") ?? []];
    }
    return this.#random.pick(this.#random.chance(0.7) ? files.slice(-3) : files);
  }

  /** A place between an agent's line and another's more often than not. */
  #pickPlace(lines: readonly Line[]): number {
    const edges = lines.flatMap((line, at) => {
      const isAgent = line.hand === "agent";
      return isAgent !== (lines[at - 1]?.hand === "agent") ? [at] : [];
    });
    return edges.length > 0 && this.#random.chance(0.7)
      ? this.#random.pick(edges)
      : this.#random.below(lines.length + 1);
  }

  /** Equal neighbours cannot be told apart: what is an agent's among them may be claimed or not. */
  static #blur(lines: readonly Line[], texts: ReadonlySet<string>): Line[] {
    return lines.map((line) =>
      line.hand === "agent" && texts.has(line.text) ? { ...line, hand: "either" } : line,
    );
  }

  person(): void {
    const [path, lines] = this.#pickFile();
    this.#act(path, lines);
    const now = this.#files.get(path) ?? [];
    const left = new Set(now.map(({ id }) => id));
    const gone = new Set(lines.filter(({ id }) => !left.has(id)).map(({ text }) => text));
    // Of equal lines one is gone, and with it all that told the equal ones apart.
    if (!now.some(({ text }) => gone.has(text) && this.#written.has(text) && text.length > 3))
      return;
    const times = Map.groupBy([...lines, ...now], ({ text }) => text);
    const isDouble = ({ text, id }: Line): boolean =>
      this.#written.has(text) && times.get(text)?.some((other) => other.id !== id) === true;
    this.#write(
      path,
      now.map((line) => (isDouble(line) ? { ...line, hand: "either" } : line)),
    );
  }

  #act(path: string, lines: readonly Line[]): void {
    const at = this.#pickPlace(lines);
    const some = 1 + this.#random.below(5);
    const kind = this.#random.pick([
      "paste",
      "paste",
      "weak",
      "double",
      "copy",
      "change",
      "delete",
      "deleteEqual",
      "swap",
      "reformat",
    ] as const);
    this.log.push(`person ${kind} ${path}:${at + 1} ${some}`);
    const before = lines.slice(0, at);
    const after = lines.slice(at);
    const insert = (texts: readonly string[], reach = texts.length + 2): void => {
      // What is put beside an equal line slides along it.
      const put = new Set(texts);
      this.#write(path, [
        ...before.slice(0, Math.max(0, at - reach)),
        ...HostileWork.#blur(before.slice(Math.max(0, at - reach)), put),
        ...this.#lines(texts, "person"),
        ...HostileWork.#blur(after.slice(0, reach), put),
        ...after.slice(reach),
      ]);
    };
    switch (kind) {
      case "paste":
        return insert(this.#function());
      case "weak":
        return insert(Array.from({ length: some }, () => this.#random.pick(weak)));
      case "double":
        return insert(lines.slice(Math.max(0, at - some), at).map(({ text }) => text));
      case "copy": {
        const [, source] = this.#pickFile();
        const from = this.#random.below(source.length + 1);
        return insert(source.slice(from, from + some).map(({ text }) => text));
      }
      case "change": {
        const changed = after
          .slice(0, some)
          .flatMap((line) => this.#changed(line, this.#random.pick([" // mine", "x", " "])));
        return this.#write(path, [...before, ...changed, ...after.slice(some)]);
      }
      case "delete": {
        const gone = new Set(after.slice(0, some).map(({ text }) => text));
        const near = some + 3;
        return this.#write(path, [
          ...before.slice(0, Math.max(0, at - near)),
          ...HostileWork.#blur(before.slice(Math.max(0, at - near)), gone),
          ...HostileWork.#blur(after.slice(some, some + near), gone),
          ...after.slice(some + near),
        ]);
      }
      case "deleteEqual": {
        const twice = lines.findIndex(({ text }, place) => lines[place + 1]?.text === text);
        if (twice < 0) return;
        const which = twice + this.#random.below(2);
        const text = new Set([lines[which]?.text ?? ""]);
        return this.#write(
          path,
          HostileWork.#blur(
            lines.filter((_, place) => place !== which),
            text,
          ),
        );
      }
      case "swap": {
        const first = after.slice(0, some);
        const second = after.slice(some, 2 * some);
        const moved = [...second, ...first].map((line): Line =>
          line.hand === "agent" ? { ...line, hand: "either" } : line,
        );
        const texts = new Set(moved.map(({ text }) => text));
        return this.#write(
          path,
          [...before, ...moved, ...after.slice(2 * some)].map((line): Line =>
            // Which of two equal lines changed places, not even a person could tell who did not see it.
            texts.has(line.text) && this.#written.has(line.text)
              ? { ...line, hand: "either" }
              : line,
          ),
        );
      }
      case "reformat":
        return this.#write(
          path,
          lines.map((line) => {
            const text = line.text.replace(/^\t+/, (tabs) => "    ".repeat(tabs.length));
            return text === line.text ? line : this.#respaced(line, text);
          }),
        );
    }
  }

  #changed(line: Line, put: string): Line[] {
    const text = `${line.text}${put}`;
    return put.trim() === "" ? [this.#respaced(line, text)] : this.#lines([text], "person");
  }

  /** Whoever only moves a line has not written it. */
  #respaced(line: Line, text: string): Line {
    if (this.#written.has(line.text)) this.#written.add(text);
    return { ...line, text, id: this.#count++ };
  }

  /** Deleted, seen by an event, and typed again: a person's, though the same words stand there. */
  retype(): void {
    const [path, lines] = this.#pickFile();
    // Under a name that no commit and no event knows yet, the first look takes all for old.
    if (this.#moved.has(path)) return;
    const at = this.#random.below(lines.length);
    const some = 1 + this.#random.below(4);
    const gone = lines.slice(at, at + some);
    this.log.push(`person retypes ${path}:${at + 1} ${gone.length}`);
    const texts = new Set(gone.map(({ text }) => text));
    const rest = HostileWork.#blur([...lines.slice(0, at), ...lines.slice(at + some)], texts);
    this.#write(path, rest);
    this.#record({
      hook_event_name: "PreToolUse",
      ...this.#call(path, "Edit", { old_string: "x", new_string: "y" }),
    });
    // What a commit has already is not seen to be typed again: to git nothing changed.
    const head = this.#try(["git", "show", `HEAD:${path}`], this.#shadow);
    const committed = new Set(
      head.code === 0 ? HostileWork.#parse(head.out).map(({ text }) => text) : [],
    );
    const again = gone.flatMap(({ text, hand }) =>
      this.#lines([text], hand !== "base" && committed.has(text) ? "either" : "person"),
    );
    this.#write(path, [...rest.slice(0, at), ...again, ...rest.slice(at)]);
  }

  // What agents do

  #call(path: string, tool: string, input: object) {
    const session = this.#random.pick(["one", "two"]);
    return {
      session_id: session,
      transcript_path: join(this.#home, `${session}.jsonl`),
      cwd: this.root,
      tool_name: tool,
      tool_use_id: `toolu_${this.#count++}`,
      tool_input: { file_path: join(this.root, path), ...input },
    };
  }

  #record(payload: object, killAfter?: number): void {
    const text = JSON.stringify(payload);
    if (killAfter === undefined) {
      const { code, out } = this.#try([this.#program, "record"], "/", text);
      if (code !== 0 || out !== "") throw new Error(`record: ${code} ${out}`);
      return;
    }
    Bun.spawnSync([this.#program, "record"], {
      cwd: "/",
      env: this.#environment(),
      stdin: new TextEncoder().encode(text),
      timeout: killAfter,
      killSignal: "SIGKILL",
    });
  }

  /** New text for some lines of a file, as an agent puts it; equal lines within it cannot be told apart by a diff. */
  #rewrite(old: readonly Line[], exact: boolean): Line[] {
    const put: Line[] = [];
    for (const line of old) {
      if (this.#random.chance(0.2)) put.push(...this.#lines(this.#code(1), "agent"));
      const fate = this.#random.next();
      if (fate < 0.6) put.push(line);
      else if (fate < 0.84) put.push(...this.#lines(this.#code(1), "agent"));
    }
    put.push(...this.#lines(this.#random.chance(0.5) ? this.#function() : this.#code(2), "agent"));
    if (exact) return put;
    const known = new Set(old.map(({ text }) => text));
    const added = new Set(put.filter((line) => !old.includes(line)).map(({ text }) => text));
    // Where the agent repeats a line and writes an equal one, nobody can tell by the text which of all it kept.
    if (added.isDisjointFrom(known)) return put;
    return put.map((line) => (known.has(line.text) ? { ...line, hand: "either" } : line));
  }

  agent(fate: "recorded" | "late" | "lost" | "killed" | "formatted" = "recorded"): void {
    const isNew = this.#random.chance(0.15);
    const [path, lines]: [string, Line[]] = isNew
      ? [`${this.#random.pick(["new", "crlf-new", "nofinal-new"])}${this.#count}.go`, []]
      : this.#pickFile();
    const whole = isNew || this.#random.chance(0.2);
    const exact = this.#random.chance(0.7);
    const from = whole ? 0 : this.#pickPlace(lines);
    const to = whole ? lines.length : Math.min(lines.length, from + 1 + this.#random.below(5));
    const old = lines.slice(from, to);
    if (!whole && old.length === 0) return this.agent(fate);
    const put = isNew
      ? this.#lines(
          Array.from({ length: 1 + this.#random.below(3) }, () => this.#function()).flat(),
          "agent",
        )
      : this.#rewrite(old, exact);
    let next = [...lines.slice(0, from), ...put, ...lines.slice(to)];
    const text = (list: readonly Line[]): string =>
      HostileWork.#text(path, list, (line) => line.text);
    const part = (list: readonly Line[]): string => list.map((line) => `${line.text}\n`).join("");
    // Only text that stands there once can be named.
    const all = text(lines).replaceAll("\r\n", "\n");
    const isOnce = all.indexOf(part(old)) === all.lastIndexOf(part(old)) && all.includes(part(old));
    const isSpliced =
      all.replace(part(old), () => part(put)) === text(next).replaceAll("\r\n", "\n");
    const isWrite = whole || !isOnce || !isSpliced || put.length === 0;
    const input = isWrite
      ? { content: text(next) }
      : { old_string: part(old), new_string: part(put), replace_all: false };
    const call = this.#call(path, isWrite ? "Write" : "Edit", input);
    this.log.push(
      `agent ${fate} ${isWrite ? "writes" : "edits"} ${path}:${from + 1}-${to} (${put.length})`,
    );
    const isAnnounced = fate !== "lost" && this.#random.chance(0.5);
    if (isAnnounced) this.#record({ hook_event_name: "PreToolUse", ...call });
    const before = isNew ? null : text(lines);
    const intended = text(next);
    const blurred = fate === "lost" || fate === "killed";
    if (blurred) {
      const known = new Set(lines.map(({ id }) => id));
      next = next.map((line) => (known.has(line.id) ? line : { ...line, hand: "either" }));
      // What came and went unseen among equal lines cannot be told from them.
      const unseen = new Set([...old, ...put].map(({ text }) => text));
      next = next.map((line) =>
        unseen.has(line.text) && this.#written.has(line.text) ? { ...line, hand: "either" } : line,
      );
    }
    if (fate === "formatted") {
      next = next.map((line): Line => {
        if (line.text === "" || !this.#random.chance(0.3)) return line;
        const text = line.text.startsWith("\t") ? `  ${line.text.slice(1)}` : `${line.text} `;
        if (this.#written.has(line.text)) this.#written.add(text);
        return { text, hand: line.hand === "agent" ? "either" : line.hand, id: this.#count++ };
      });
    }
    this.#write(path, next);
    if (fate === "lost") return;
    const response = {
      type: isNew ? "create" : "update",
      filePath: call.tool_input.file_path,
      // Left out now and then, but never where nothing at all would tell what stood there.
      originalFile: exact || (isWrite && !isAnnounced) || this.#random.chance(0.7) ? before : null,
      ...(isWrite
        ? { content: intended }
        : { oldString: part(old), newString: part(put), replaceAll: false }),
      userModified: false,
      structuredPatch: exact && !isNew ? [patchOf(lines, { from, to, put })] : [],
    };
    const event = { hook_event_name: "PostToolUse", ...call, tool_response: response };
    if (fate === "late") this.#late = event;
    else this.#record(event, fate === "killed" ? 1 + this.#random.below(14) : undefined);
  }

  /** Two agents at once: the first edit is reported after the second. */
  agents(): void {
    this.agent("late");
    this.agent();
    if (this.#late !== undefined) this.#record(this.#late);
    this.#late = undefined;
  }

  // What git does

  #commit(...args: string[]): void {
    const before = this.#run(["git", "rev-parse", "HEAD"], this.root);
    if (!this.#both("commit", "-q", "--allow-empty", "-m", `work ${this.#count++}`, ...args))
      return;
    if (this.#run(["git", "rev-parse", "HEAD"], this.root) !== before) this.#judgeHead();
  }

  commitAll(): void {
    this.log.push("commit -a");
    this.#both("add", "-A");
    this.#commit();
    this.#hasRecreated = false;
    this.#moved.clear();
  }

  /** With the message that git made ready. */
  #commitPrepared(): void {
    if (this.#both("commit", "-q", "--no-edit")) this.#judgeHead();
  }

  commitSomeFiles(): void {
    this.log.push("commit some files");
    for (const path of this.#files.keys()) {
      if (this.#random.chance(0.5)) this.#both("add", "--", path);
    }
    this.#commit();
  }

  /** As `git add -p`: some hunks of each file. */
  commitSomeHunks(): void {
    this.log.push("commit some hunks");
    this.#both("add", "-N", "-A");
    for (const [path, work] of this.#files) {
      const shown = this.#try(["git", "show", `:${path}`], this.#shadow);
      if (shown.code !== 0 || shown.out === "") continue;
      const staged = HostileWork.#parse(shown.out);
      const patch = this.#run(["git", "diff", "-U0", "--", path], this.#shadow);
      const hunks = [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)];
      // From the bottom up, so that places above stay where they are.
      for (const [, ...numbers] of hunks.reverse()) {
        const [old = 0, oldCount = 1, now = 0, count = 1] = numbers.map((n) =>
          n === undefined ? undefined : Number(n),
        );
        if (this.#random.chance(0.5)) continue;
        const start = oldCount === 0 ? old : old - 1;
        const from = count === 0 ? now : now - 1;
        staged.splice(start, oldCount, ...work.slice(from, from + count));
      }
      for (const [root, show] of this.#views()) {
        const text = HostileWork.#text(path, staged, show);
        const blob = this.#run(["git", "hash-object", "-w", "--stdin"], root, text).trim();
        this.#run(["git", "update-index", "--cacheinfo", `100644,${blob},${path}`], root);
      }
    }
    this.#commit();
  }

  amend(): void {
    // What one commit takes away and its amended form has again never changed, to git.
    if (this.#hasRecreated) return;
    this.log.push("amend");
    this.#both("add", "-A");
    this.#commit("--amend", "--allow-empty");
  }

  stash(between: () => void): void {
    this.log.push("stash");
    if (!this.#both("stash", "push", "-q", "-u")) return;
    this.#reread();
    between();
    this.commitAll();
    this.log.push("stash pop");
    if (!this.#both("stash", "pop", "-q")) return this.#resolve();
    this.#reread();
  }

  /** Both sides of each conflict are kept by a person, without the marks. */
  #resolve(): void {
    const clean = (root: string): void => {
      for (const path of this.#run(["git", "diff", "--name-only", "--diff-filter=U"], root)
        .split("\n")
        .filter((name) => name !== "")) {
        const file = join(root, path);
        const text = readFileSync(file, "utf8");
        const kept = text.replace(/^(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|).*\r?\n/gm, "");
        writeFileSync(file, kept);
      }
    };
    this.log.push("a person resolves");
    clean(this.root);
    clean(this.#shadow);
    this.#both("add", "-A");
    this.#reread();
  }

  /** Work on a branch and on the trunk, then brought together in one of the ways there are. */
  branch(work: () => void): void {
    const way = this.#random.pick(["merge", "rebase", "cherry-pick", "squash"] as const);
    this.log.push(`branch for ${way}`);
    this.commitAll();
    const name = `topic${this.#count++}`;
    this.#both("checkout", "-q", "-b", name);
    work();
    this.commitAll();
    work();
    this.commitAll();
    this.#both("checkout", "-q", "main");
    this.#reread();
    work();
    this.commitAll();
    this.log.push(way);
    let clean = true;
    if (way === "merge") {
      clean = this.#both("merge", "-q", "--no-ff", name);
      if (!clean) {
        this.#resolve();
        this.#commitPrepared();
      }
    } else if (way === "squash") {
      clean = this.#both("merge", "-q", "--squash", name);
      if (!clean) this.#resolve();
      this.#commitPrepared();
    } else if (way === "cherry-pick") {
      clean = this.#both("cherry-pick", name);
      if (!clean) {
        this.#resolve();
        clean = this.#both("-c", "core.editor=true", "cherry-pick", "--continue");
      }
      this.#both("cherry-pick", "--abort");
    } else {
      this.#both("checkout", "-q", name);
      clean = this.#both("rebase", "-q", "main");
      for (let step = 0; !clean && step < 4; step++) {
        this.#resolve();
        clean = this.#both("-c", "core.editor=true", "rebase", "--continue");
      }
      if (!clean) this.#both("rebase", "--abort");
      this.#both("checkout", "-q", "main");
      this.#both("merge", "-q", "--ff-only", name);
    }
    this.#reread();
    this.commitAll();
    this.#judgeAll();
  }

  revert(): void {
    this.commitAll();
    this.log.push("revert");
    const depth = this.#random.below(3);
    if (!this.#both("rev-parse", "-q", "--verify", `HEAD~${depth + 1}`)) return;
    if (!this.#both("revert", "--no-edit", `HEAD~${depth}`)) {
      this.#both("revert", "--abort");
    }
    this.#reread();
    if (this.#random.chance(0.4)) {
      this.log.push("revert the revert");
      this.#both("revert", "--no-edit", "HEAD");
      this.#reread();
    }
    this.#judgeAll();
  }

  /** Another branch is looked at with work in hand. */
  switchAway(): void {
    this.log.push("switch away and back");
    const name = `side${this.#count++}`;
    this.#both("checkout", "-q", "-b", name, "HEAD");
    this.#reread();
    if (this.#random.chance(0.5)) this.person();
    this.#both("checkout", "-q", "main");
    this.#reread();
  }

  move(): void {
    const [path, lines] = this.#pickFile();
    const target = path.replace(/[^/]*$/, (name) => `m${this.#count++}-${name.slice(-18)}`);
    if (!this.#both("mv", path, target)) return;
    this.log.push(`git mv ${path} ${target}`);
    this.#moved.add(target);
    this.#files.delete(path);
    this.#write(target, lines);
  }

  /** A file goes, and comes again with what a person types from memory. */
  recreate(): void {
    const [path, lines] = this.#pickFile();
    // Of a file that no commit has, nothing tells that it went.
    if (this.#try(["git", "cat-file", "-e", `HEAD:${path}`], this.#shadow).code !== 0) return;
    this.log.push(`delete ${path}`);
    this.#files.delete(path);
    unlinkSync(join(this.root, path));
    rmSync(join(this.#shadow, path));
    if (this.#random.chance(0.5)) this.commitAll();
    else
      this.#record({
        hook_event_name: "PreToolUse",
        ...this.#call(path, "Write", { content: "x" }),
      });
    if (this.#random.chance(0.5)) return;
    this.#hasRecreated = true;
    this.log.push(`a person makes ${path} again`);
    // From memory: no three lines in a row are as they were.
    const again = lines
      .filter((_, at) => at % 3 !== 0 && this.#random.chance(0.8))
      .map(({ text }) => text);
    this.#write(path, this.#lines([...again, ...this.#function()], "person"));
  }

  // Judgement

  #ledgers(): Map<string, Ledger> {
    const projects = join(this.#home, ".agent-trace", "projects");
    const [project = ""] = readdirSync(projects);
    let text = "";
    try {
      text = readFileSync(join(projects, project, "ledgers.jsonl"), "utf8");
    } catch {
      // No line of an agent's has been committed yet.
    }
    const rows = cut(text).map((line) => JSON.parse(line) as Ledger);
    return new Map(rows.map((ledger) => [ledger.commit_sha, ledger]));
  }

  #judgeHead(): void {
    const sha = this.#run(["git", "rev-parse", "HEAD"], this.root).trim();
    const ledger = this.#ledgers().get(sha);
    const patch = this.#run(
      ["git", "show", "--format=", "--unified=0", "-m", "--first-parent", "-M", "HEAD"],
      this.root,
    );
    // What a parent has is its own commit's to claim, and of two equal lines git may call the older one new.
    const older = new Set(
      ["HEAD^", "HEAD^2"].flatMap((parent) => {
        const found = this.#try(["git", "grep", "-h", "-e", mark, parent], this.#shadow);
        return found.code === 0 ? HostileWork.#parse(found.out).map(({ id }) => id) : [];
      }),
    );
    let path = "";
    let lines: Line[] = [];
    for (const line of patch.split("\n")) {
      if (line.startsWith("+++ ")) {
        path = line.startsWith("+++ b/") ? line.slice(6) : "";
        if (path === "" || path.startsWith(".claude")) lines = [];
        else {
          const shown = this.#try(["git", "show", `HEAD:${path}`], this.#shadow);
          lines = shown.code === 0 ? HostileWork.#parse(shown.out) : [];
        }
      }
      const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk === null || path === "") continue;
      const claims = ledger?.files[path]?.line_attributions ?? [];
      const start = Number(hunk[1]);
      for (let at = start; at < start + Number(hunk[2] ?? 1); at++) {
        const found = lines[at - 1];
        if (found === undefined || (found.hand === "agent" && older.has(found.id))) continue;
        const claimed = claims.some((claim) => claim.start_line <= at && at <= claim.end_line);
        const near = lines
          .slice(Math.max(0, at - 6), at + 5)
          .map((line, i) => {
            const n = Math.max(0, at - 6) + i + 1;
            const c = claims.some((claim) => claim.start_line <= n && n <= claim.end_line);
            return `    ${n === at ? ">" : " "}${n} ${line.hand} ${c ? "AI" : "--"} ${JSON.stringify(line.text)}`;
          })
          .join("\n");
        this.#weigh(found, claimed, `${sha.slice(0, 7)} ${path}:${at}`, near);
      }
    }
  }

  #weigh(line: Line, claimed: boolean, where: string, near = ""): void {
    const tally = this.#tally;
    if (line.hand === "agent") {
      tally.agent++;
      if (claimed) tally.agentClaimed++;
    } else if (line.hand !== "either") {
      tally.others++;
      if (this.#written.has(line.text)) tally.othersAlike++;
      if (claimed) tally.othersClaimed++;
    }
    const wrong = line.hand === "agent" ? !claimed : line.hand !== "either" && claimed;
    if (wrong)
      tally.faults.push(
        `${line.hand} ${where} ${JSON.stringify(line.text)} ${this.#lately()}\n${near}`,
      );
  }

  /** What people are told: nothing is claimed of which no agent ever wrote the like. */
  #judgeAll(): void {
    if (this.#judged++ > 2) return;
    for (const [path, lines] of this.#files) {
      const { code, out } = this.#try([this.#program, "blame", "--json", path], this.root);
      if (code !== 0) continue;
      const { attributions } = JSON.parse(out.slice(0, out.indexOf("\n"))) as {
        attributions: { start_line: number; end_line: number }[];
      };
      for (const { start_line, end_line } of attributions) {
        for (const { text, hand } of lines.slice(start_line - 1, end_line)) {
          if (hand === "either" || this.#written.has(text)) continue;
          this.#tally.othersClaimed++;
          this.#tally.faults.push(
            `blame ${hand} ${path} ${JSON.stringify(text)} ${this.#lately()}`,
          );
        }
      }
    }
  }

  #lately(): string {
    return `after: ${this.log.slice(-8).join("; ")}`;
  }

  step(): void {
    const random = this.#random;
    const work = (): void => {
      for (let more = 1 + random.below(3); more > 0; more--) {
        if (random.chance(0.5)) this.person();
        else this.agent();
      }
    };
    const roll = random.next();
    if (roll < 0.05) this.agents();
    else if (roll < 0.25) this.agent();
    else if (roll < 0.5) this.person();
    else if (roll < 0.54) this.agent("formatted");
    else if (roll < 0.57) this.agent("lost");
    else if (roll < 0.61) this.agent("killed");
    else if (roll < 0.64) this.retype();
    else if (roll < 0.72) this.commitAll();
    else if (roll < 0.76) this.commitSomeFiles();
    else if (roll < 0.81) this.commitSomeHunks();
    else if (roll < 0.84) this.amend();
    else if (roll < 0.87) this.stash(work);
    else if (roll < 0.91) this.branch(work);
    else if (roll < 0.93) this.revert();
    else if (roll < 0.95) this.switchAway();
    else if (roll < 0.98) this.move();
    else this.recreate();
  }
}

/** Both repositories came to different texts: from here on nobody knows who wrote what. */
export class Diverged extends Error {}

function patchOf(
  lines: readonly Line[],
  { from, to, put }: { from: number; to: number; put: readonly Line[] },
): object {
  const kept = new Set(put.map(({ id }) => id));
  const show = ({ text }: Line): string => text.replaceAll("\t", "  ");
  const head = lines.slice(Math.max(0, from - 3), from);
  const foot = lines.slice(to, to + 3);
  const body: string[] = [];
  let at = from;
  const known = new Set(lines.slice(from, to).map(({ id }) => id));
  for (const line of put) {
    if (!known.has(line.id)) {
      body.push(`+${show(line)}`);
      continue;
    }
    while (lines[at]?.id !== line.id) body.push(`-${show(lines[at++] as Line)}`);
    body.push(` ${show(line)}`);
    at++;
  }
  while (at < to) {
    const line = lines[at++] as Line;
    if (!kept.has(line.id)) body.push(`-${show(line)}`);
  }
  const oldLines = head.length + (to - from) + foot.length;
  const newLines = head.length + put.length + foot.length;
  const start = from - head.length;
  return {
    oldStart: oldLines === 0 ? start : start + 1,
    oldLines,
    newStart: newLines === 0 ? start : start + 1,
    newLines,
    lines: [...head.map((l) => ` ${show(l)}`), ...body, ...foot.map((l) => ` ${show(l)}`)],
  };
}
