import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cli } from "../cli.ts";
import { type Random, seeded } from "../random.ts";
import { Events } from "./events.ts";
import { HookPipe } from "./hook-pipe.ts";
import {
  Diverged,
  type Hand,
  type Line,
  type Show,
  parseLines,
  plain,
  sharedLines,
  signed,
  textOf,
  weakLines,
} from "./line.ts";
import { Shadow } from "./shadow.ts";
import { type Tally, emptyTally } from "./tally.ts";

export interface SceneOptions {
  readonly seed: number;
  /** The compiled program, for events whose hook is killed. */
  readonly program: string;
  readonly tally?: Tally;
}

/**
 * Two repositories in which the same happens: the real one, with hooks, and a shadow whose lines carry their author.
 * Git itself moves the authors through merges, stashes and picks in the shadow, so the truth is not found by any diff
 * of ours. Where both disagree about a text (equal lines that merge another way), the run ends.
 */
export class Scene implements AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly random: Random;
  readonly tally: Tally;
  readonly events: Events;
  readonly shadow: Shadow;
  readonly log: string[] = [];
  files = new Map<string, Line[]>();
  /** All that agents ever wrote, wherever. */
  readonly written = new Set<string>();
  /** A person made a file again from memory, and no commit has told since. */
  hasRecreated = false;
  /** Names that no commit and no event knows yet. */
  readonly moved = new Set<string>();
  readonly #shadowRoot: string;
  readonly #pipe: HookPipe;
  readonly #seed: number;
  #count = 0;

  private constructor(directory: string, { seed, program, tally = emptyTally() }: SceneOptions) {
    this.#seed = seed;
    this.random = seeded(seed);
    this.tally = tally;
    this.root = join(directory, "real");
    this.#shadowRoot = join(directory, "shadow");
    this.home = join(directory, "home");
    for (const path of [this.root, this.#shadowRoot, this.home]) mkdirSync(path);
    this.events = new Events({ home: this.home, environment: this.environment(), program });
    this.#pipe = new HookPipe(directory, (call) => this.events.answer(call));
    this.shadow = new Shadow(this.#shadowRoot, this.environment());
  }

  static async open(directory: string, options: SceneOptions): Promise<Scene> {
    const scene = new Scene(directory, options);
    await scene.both("init", "-q", "-b", "main");
    scene.write("go/base.go", scene.lines(scene.code(12 + scene.random.below(10)), "base"));
    scene.write("crlf.txt", scene.lines(scene.code(6), "base"));
    scene.write("nofinal.md", scene.lines(scene.code(5), "base"));
    await scene.both("add", "-A");
    await scene.both("commit", "-q", "-m", "base");
    // What `init` writes there is of no interest here, and the shadow has none of it.
    writeFileSync(join(scene.root, ".git/info/exclude"), ".claude/\n");
    await scene.ask("init");
    return scene;
  }

  environment(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@localhost",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@localhost",
      GIT_EDITOR: "true",
      GIT_MERGE_AUTOEDIT: "no",
    };
  }

  /** A command of ours in the real repository, in this process; its output. */
  async ask(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await cli(words, {
      home: this.home,
      cwd: this.root,
      environment: this.environment(),
      program: this.#pipe.program,
    });
    if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  async try(
    argv: readonly string[],
    { cwd = this.root, input = "", environment = {} }: RunOptions = {},
  ): Promise<{ code: number; out: string }> {
    const child = Bun.spawn([...argv], {
      cwd,
      env: { ...this.environment(), ...environment },
      stdin: input === "" ? "ignore" : new TextEncoder().encode(input),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, told, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    this.#pipe.check();
    return { code, out: out + told };
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, out } = await this.try(argv, options);
    if (code !== 0) throw new Error(`${argv.join(" ")}: ${out}`);
    return out;
  }

  /** The same git command in both; whether it went well, which must be the same in both. */
  both(...args: string[]): Promise<boolean> {
    return this.bothAs(args);
  }

  /** As `both`, in the host's clones or with other variables. */
  async bothAs(
    args: readonly string[],
    { at = "", environment = {} }: { at?: string; environment?: Record<string, string> } = {},
  ): Promise<boolean> {
    const codes = await Promise.all(
      this.views().map(async ([root]) => {
        const { code } = await this.try(["git", ...args], { cwd: root + at, environment });
        return code;
      }),
    );
    if ((codes[0] === 0) !== (codes[1] === 0)) throw new Diverged(args.join(" "));
    return codes[0] === 0;
  }

  /** The commit at which the real repository stands. */
  head(): string {
    const git = join(this.root, ".git");
    const text = readFileSync(join(git, "HEAD"), "utf8").trim();
    return text.startsWith("ref: ") ? readFileSync(join(git, text.slice(5)), "utf8").trim() : text;
  }

  /** Both repositories, and how a line is written in each. */
  views(): [root: string, show: Show][] {
    return [
      [this.root, plain],
      [this.#shadowRoot, signed],
    ];
  }

  /** A number that nothing else here has. */
  next(): number {
    return this.#count++;
  }

  lines(texts: readonly string[], hand: Hand): Line[] {
    if (hand === "agent") for (const text of texts) this.written.add(text);
    return texts.map((text) => ({ text, hand, id: this.next() }));
  }

  code(count: number): string[] {
    return Array.from({ length: count }, () => {
      if (this.random.chance(0.25)) return this.random.pick(weakLines);
      if (this.random.chance(0.15)) return this.random.pick(sharedLines);
      return `${this.random.pick(["", "\t", "\t\t"])}call${this.random.below(1e6)}(x)`;
    });
  }

  function(): string[] {
    const name = this.random.below(1e6);
    const body = this.code(1 + this.random.below(4)).map((text) => text.replace(/^\t*/, "\t"));
    return [`func f${name}() {`, ...body, "", "\treturn nil", "}", ""];
  }

  write(path: string, lines: Line[]): void {
    this.files.set(path, lines);
    for (const [root, show] of this.views()) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, textOf(path, lines, show));
    }
  }

  remove(path: string): void {
    this.files.delete(path);
    for (const [root] of this.views()) rmSync(join(root, path));
  }

  /** After git changed the work trees: who wrote what stands there now. */
  reread(): void {
    const [paths = [], twin] = this.views().map(([root]) => filesBelow(root));
    if (twin?.join() !== paths.join()) throw new Diverged("the files");
    this.files = new Map();
    for (const path of paths) {
      const lines = parseLines(readFileSync(join(this.#shadowRoot, path), "utf8"));
      const text = readFileSync(join(this.root, path), "utf8");
      if (text !== textOf(path, lines)) throw new Diverged(path);
      this.files.set(path, lines);
    }
  }

  pickFile(): [string, Line[]] {
    const files = [...this.files].filter(([, lines]) => lines.length > 0);
    if (files.length === 0) {
      this.write("again.go", this.lines(this.function(), "person"));
      return ["again.go", this.files.get("again.go") ?? []];
    }
    return this.random.pick(this.random.chance(0.7) ? files.slice(-3) : files);
  }

  /** A place between an agent's line and another's more often than not. */
  pickPlace(lines: readonly Line[]): number {
    const edges = lines.flatMap((line, at) => {
      const isAgent = line.hand === "agent";
      return isAgent !== (lines[at - 1]?.hand === "agent") ? [at] : [];
    });
    return edges.length > 0 && this.random.chance(0.7)
      ? this.random.pick(edges)
      : this.random.below(lines.length + 1);
  }

  /** The last things that happened, for whoever looks into a fault. */
  lately(): string {
    return `seed ${this.#seed}, after: ${this.log.slice(-8).join("; ")}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pipe[Symbol.dispose]();
    await this.shadow[Symbol.asyncDispose]();
  }
}

interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Record<string, string>;
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\/\.(?:git|claude)\//.test(`${entry.parentPath}/`))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
