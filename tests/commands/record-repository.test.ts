import { describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";
import { tempRepo } from "../support/repository.ts";
import { projectDirectories, traces } from "./recorded-traces.ts";

const silence = { exitCode: 0, stdout: "", stderr: "" };

describe("record finds the repository from the file", () => {
  test("through a symbolic link and from another directory", async () => {
    using session = await agentSession();
    session.repo.write("real/a.ts", "one\n");
    symlinkSync("real", join(session.repo.path, "link"));
    const file_path = join(session.repo.path, "link", "a.ts");
    const tool_input = { file_path, content: "one\n" };
    await session.hook({ tool_name: "Write", tool_input, cwd: "/" });
    expect(traces(session)[0]?.files[0]?.path).toBe("real/a.ts");
  });

  test("in a linked work tree, whose project is the same and whose pending files are its own", async () => {
    using session = await agentSession();
    session.repo.commit("first", { "a.ts": "one\n" });
    session.repo.run(["worktree", "add", "-q", "-b", "side", "../linked"]);
    const linked = join(session.repo.path, "..", "linked");
    const file_path = session.repo.write("../linked/a.ts", "one\nagent's\n");
    const tool_input = { file_path, old_string: "one", new_string: "one\nagent's" };
    await session.hook({ tool_name: "Edit", tool_input });
    expect(projectDirectories(session)).toHaveLength(1);
    expect(await session.aiLines("a.ts")).toEqual([]);
    const { stdout } = await session.run(["blame", "a.ts"], { cwd: linked });
    expect(stdout).toContain("1 of 2 lines AI");
    session.repo.run(["commit", "-qam", "side"], { cwd: "../linked" });
    await session.run(["commit-link"], { cwd: linked });
    expect((await session.run(["blame", "a.ts"], { cwd: linked })).stdout).toContain("2-2");
  });

  test("of a submodule, which is a project of its own", async () => {
    using session = await agentSession();
    using library = tempRepo();
    library.commit("first", { "lib.ts": "one\n" });
    const allowed = ["-c", "protocol.file.allow=always"];
    session.repo.run([...allowed, "submodule", "add", "-q", library.path, "lib"]);
    const file_path = session.repo.write("lib/lib.ts", "one\ntwo\n");
    const tool_input = { file_path, old_string: "one", new_string: "one\ntwo" };
    await session.hook({ tool_name: "Edit", tool_input });
    expect(traces(session)).toEqual([]);
    await session.run(["init"], { cwd: join(session.repo.path, "lib") });
    await session.hook({ tool_name: "Edit", tool_input });
    expect(traces(session)[0]?.files[0]?.path).toBe("lib.ts");
    expect(projectDirectories(session)).toHaveLength(2);
  });

  test("and leaves alone what has no lines", async () => {
    using session = await agentSession();
    const file_path = join(session.repo.path, "a.bin");
    await Bun.file(file_path).write(new Uint8Array([1, 0, 2]));
    const tool_input = { file_path, content: "x" };
    expect(await session.hook({ tool_name: "Write", tool_input })).toEqual(silence);
    mkdirSync(join(session.repo.path, "directory"));
    const directory = { file_path: join(session.repo.path, "directory"), content: "x" };
    expect(await session.hook({ tool_name: "Write", tool_input: directory })).toEqual(silence);
    const git = { file_path: join(session.repo.path, ".git", "config"), content: "x" };
    expect(await session.hook({ tool_name: "Write", tool_input: git })).toEqual(silence);
    expect(traces(session)).toEqual([]);
    rmSync(file_path);
  });
});
