import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parsePatch, parseUnifiedDiff } from "../../src/capture/edits.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Does to the files what a captured tool call did to them. */
export class ToolEffects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Runs a shell command there, without its waiting. */
  run(command: string, cwd = this.#root): void {
    const quick = command.replaceAll(/sleep [0-9.]+/g, "true");
    const patch = /^apply_patch <<'EOF'\n([^]*)\nEOF$/.exec(quick)?.[1];
    if (patch !== undefined) return this.patch(patch);
    Bun.spawnSync(["sh", "-c", quick], { cwd, env: { PATH: process.env["PATH"] ?? "" } });
  }

  write(path: string, content: string): void {
    const target = resolve(this.#root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }

  /** One text for another; of lines taken out as a whole the break goes too. */
  replace(path: string, oldText: string, newText: string, all = false): void {
    const target = resolve(this.#root, path);
    const text = readFileSync(target, "utf8");
    if (!text.includes(oldText)) return;
    const sought = newText === "" && text.includes(`${oldText}\n`) ? `${oldText}\n` : oldText;
    writeFileSync(
      target,
      all ? text.replaceAll(sought, () => newText) : text.replace(sought, () => newText),
    );
  }

  patch(patch: string): void {
    for (const edit of parsePatch(patch)) {
      if (edit.kind === "delete") this.remove(edit.path);
      else if (edit.kind === "write") this.write(edit.path, edit.textAfter ?? "");
      else {
        if (edit.movedFrom !== undefined) this.move(edit.movedFrom, edit.path);
        for (const { oldText, newText } of edit.replacements)
          this.replace(edit.path, oldText, newText);
      }
    }
  }

  /** A unified diff of one file, by its positions. */
  diff(path: string, diff: string): void {
    const target = resolve(this.#root, path);
    const text = existsSync(target) ? readFileSync(target, "utf8") : "";
    const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
    for (const { oldText, newText, at } of parseUnifiedDiff(diff)?.replacements ?? []) {
      const old = oldText === "" ? [] : oldText.split("\n");
      const put = newText === "" ? [] : newText.replace(/\n$/, "").split("\n");
      lines.splice((at?.line ?? 1) - 1, old.length, ...put);
    }
    this.write(path, lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  }

  remove(path: string): void {
    rmSync(resolve(this.#root, path), { force: true });
  }

  move(from: string, to: string): void {
    if (existsSync(resolve(this.#root, from)))
      renameSync(resolve(this.#root, from), resolve(this.#root, to));
  }

  /** An edit whose arguments tell everything, as most tools take them. */
  edit(input: Fields): void {
    const text = (...names: string[]): string | undefined =>
      names.map((name) => input[name]).find((value) => typeof value === "string");
    const path = text("file_path", "filePath", "path") ?? "";
    const content = text("content", "file_text");
    if (content !== undefined) return this.write(path, content);
    const steps = input["edits"];
    if (Array.isArray(steps)) {
      for (const step of steps as Fields[])
        this.replace(path, String(step["oldText"]), String(step["newText"]));
      return;
    }
    const oldText = text("old_string", "oldString", "old_str");
    const newText = text("new_string", "newString", "new_str");
    if (oldText === undefined || newText === undefined) return;
    const all = ["replace_all", "replaceAll", "allow_multiple"].some(
      (name) => input[name] === true,
    );
    this.replace(path, oldText, newText, all);
  }
}
