import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readJournal } from "../../../src/store/hook-journal.ts";
import { cli } from "../cli.ts";
import type { HookCall } from "./hook-pipe.ts";
import { cutLines } from "./line.ts";

/** What an agent's hook tells; its other fields are the agent's. */
export interface Payload {
  readonly hook_event_name: string;
  readonly [field: string]: unknown;
}

/** A hook that ran. */
interface Sent {
  readonly hook: string;
  /** Of an agent's hook, what it told of. */
  readonly event: string;
  /** It was killed: it may have been seen or not, and be done with or not. */
  readonly isKilled: boolean;
}

/** Hooks of agents and of git, run in this process, and the journal that must tell of each. */
export class Events {
  readonly #home: string;
  readonly #environment: Record<string, string>;
  readonly #program: string;
  readonly #sent: Sent[] = [];

  constructor(scene: { home: string; environment: Record<string, string>; program: string }) {
    this.#home = scene.home;
    this.#environment = scene.environment;
    this.#program = scene.program;
  }

  /** An agent's hook; `killAfter` milliseconds the compiled program is killed. */
  async send(payload: Payload, killAfter?: number): Promise<void> {
    const stdin = JSON.stringify(payload);
    this.expect("record", payload.hook_event_name, killAfter !== undefined);
    if (killAfter === undefined) return this.#run(["record"], { cwd: "/", stdin });
    const child = Bun.spawn([this.#program, "record"], {
      cwd: "/",
      env: this.#environment,
      stdin: new TextEncoder().encode(stdin),
      timeout: killAfter,
      killSignal: "SIGKILL",
    });
    await child.exited;
  }

  /** One of git's hooks. */
  async answer({ words, cwd, stdin }: HookCall): Promise<void> {
    this.expect(words[0] ?? "", "");
    await this.#run(words, { cwd, stdin });
  }

  /** Counts a hook. Of one that never ran the journal cannot tell: that is the control. */
  expect(hook: string, event: string, isKilled = false): void {
    this.#sent.push({ hook, event, isKilled });
  }

  async #run(
    words: readonly string[],
    { cwd, stdin }: { cwd: string; stdin: string },
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await cli(words, {
      home: this.#home,
      cwd,
      environment: this.#environment,
      stdin,
    });
    const isSilent = words[0] !== "record" || stdout + stderr === "";
    if (exitCode !== 0 || !isSilent) throw new Error(`${words.join(" ")}: ${stdout}${stderr}`);
  }

  get count(): number {
    return this.#sent.length;
  }

  /** What the journal does not tell as it happened: each hook seen once, and recorded, or passed over for a reason. */
  problems(): string[] {
    const home = join(this.#home, ".agent-trace");
    const { seen, recorded, ignored, failed, cutOff, reasons } = readJournal(
      home,
      new Date(Date.now() + 3_600_000),
    );
    const killed = this.#sent.filter(({ isKilled }) => isKilled).length;
    const all = this.#sent.length;
    const found: string[] = [];
    if (seen < all - killed || seen > all) found.push(`${seen} hooks seen of ${all}`);
    if (seen !== recorded + ignored + failed + cutOff) {
      found.push(`${seen} seen, but ${recorded} + ${ignored} + ${failed} + ${cutOff} told of`);
    }
    if (cutOff > killed) found.push(`${cutOff} hooks cut off, where ${killed} were killed`);
    if (failed > 0) found.push(`failed: ${JSON.stringify(reasons)}`);
    if (reasons["ignored"] !== undefined) found.push("ignored without a reason");
    return [...found, ...this.#problemsByEvent(join(home, "hook-events.jsonl"))];
  }

  #problemsByEvent(journal: string): string[] {
    const told = new Map<string, number>();
    for (const line of cutLines(readFileSync(journal, "utf8"))) {
      const [kind, , third = "", , , event = ""] =
        line === "" ? [] : (JSON.parse(line) as string[]);
      if (kind === "done" && event !== "") told.set(event, (told.get(event) ?? 0) + 1);
      else if (kind === "done" && third === "failed") told.set("", (told.get("") ?? 0) + 1);
    }
    const events = Map.groupBy(
      this.#sent.filter(({ event }) => event !== ""),
      ({ event }) => event,
    );
    return [...events].flatMap(([event, list]) => {
      const killed = list.filter(({ isKilled }) => isKilled).length;
      const count = told.get(event) ?? 0;
      const isRight = count >= list.length - killed && count <= list.length;
      return isRight ? [] : [`${count} of ${list.length} ${event} told of`];
    });
  }
}
