import { describe, expect, test } from "bun:test";
import { cli } from "./support/cli.ts";

describe("the command line", () => {
  test("prints help on stdout when nothing is typed", async () => {
    const { exitCode, stdout, stderr } = await cli([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toStartWith("Records which lines of code AI agents wrote");
  });

  test("is short with `-h`, says everything with `--help`, and pages both", async () => {
    const show = async (...argv: string[]): Promise<string[]> =>
      (await cli(argv, { terminal: true, environment: { NO_COLOR: "1" } })).stdout.split("\n");
    const [bare, short, long] = [await show(), await show("-h"), await show("--help")];
    expect(bare).toEqual(short);
    expect(short).not.toContain("OPTIONS");
    expect(short).toContain("More: agent-trace --help");
    expect(long).toContain("OPTIONS");
    expect(long).toContain("EXAMPLES");
    const own = await show("push", "-h");
    expect(own.length).toBeLessThan(24);
    expect(own.filter((line) => line.length > 80)).toEqual([]);
    expect(own).not.toContain("GLOBAL OPTIONS");
    expect(await show("push", "--help")).toContain("GLOBAL OPTIONS");
    expect(await show("help", "push")).toEqual(await show("push", "--help"));
  });

  test("says that a directory is not there, wherever a command would stand", async () => {
    for (const argv of [
      ["-C", "/no/such", "status"],
      ["push", "--cwd=/no/such"],
    ]) {
      expect(await cli(argv)).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: "error: there is no directory `/no/such`\nhint: check the path behind `-C`\n",
      });
    }
  });

  test("wraps help where the terminal ends, or where COLUMNS says so", async () => {
    const firstLine = async (environment = {}): Promise<string> =>
      (await cli([], { environment })).stdout.split("\n")[0] ?? "";
    expect(await firstLine()).toBe(
      "Records which lines of code AI agents wrote, proves it at commit time, and",
    );
    expect(await firstLine({ COLUMNS: "40" })).toBe("Records which lines of code AI agents");
  });

  test.each([
    [["versoin"], "error: unknown command `versoin`\nhint: did you mean `agent-trace version`?\n"],
    [["constructor"], "error: unknown command `constructor`\nhint: see `agent-trace --help`\n"],
    [["version", "--jsno"], "error: unknown option `--jsno`\nhint: did you mean `--json`?\n"],
    [
      ["version", "extra"],
      "error: unexpected argument `extra`\nhint: see `agent-trace version --help`\n",
    ],
    [["version", "--no-json"], "error: unknown option `--no-json`\nhint: did you mean `--json`?\n"],
    [["version", "-C"], "error: `-C` needs a value: DIR\nhint: see `agent-trace version --help`\n"],
    [
      ["-C", "/", "-C", "/", "version"],
      "error: `--cwd` is given twice\nhint: see `agent-trace --help`\n",
    ],
    [
      ["version", "--json=1"],
      "error: `--json` takes no value\nhint: see `agent-trace version --help`\n",
    ],
    [
      ["--color=pink", "version"],
      "error: `pink` is no choice of `--color`\nhint: choose one of always, never, auto\n",
    ],
  ])("%j is a usage error", async (argv, stderr) => {
    expect(await cli(argv)).toEqual({ exitCode: 2, stdout: "", stderr });
  });

  test("answers a wrong command line in JSON when JSON is asked for", async () => {
    const { exitCode, stdout } = await cli(["versoin", "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schema: "agent-trace.error/1",
      ok: false,
      error: {
        code: "usage",
        message: "unknown command `versoin`",
        hint: "did you mean `agent-trace version`?",
        retryable: false,
      },
    });
  });

  test("takes global options before and after the command", async () => {
    const expected = {
      exitCode: 0,
      stderr: "",
      stdout: expect.stringContaining('"version":"0.0.0-test"'),
    };
    expect(await cli(["--json", "version"])).toEqual(expected);
    expect(await cli(["version", "--json"])).toEqual(expected);
  });
});
