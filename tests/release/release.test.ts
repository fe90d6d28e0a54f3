/** A release as a whole: its files, their sums, and that they follow from the commit. */
import { describe, expect } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { archiveName, targets } from "../../release/targets.ts";
import { buildRelease, builtRelease, withoutRelease } from "../support/built-release.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { startProgram } from "../support/start-program.ts";

const minutes = 60_000;

describe("a release", () => {
  gate(
    "is built in under three minutes",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const started = performance.now();
      await builtRelease();
      expect(performance.now() - started).toBeLessThan(3 * minutes);
    },
  );

  gate(
    "has the same bytes at another time and place",
    { unless: withoutRelease, timeout: 8 * minutes },
    async () => {
      using other = temporaryDirectory();
      await buildRelease(other.path, {
        TZ: "Asia/Tokyo",
        LC_ALL: "C",
        HOME: process.env["HOME"] ?? "/",
      });
      const sums = (path: string): string => readFileSync(join(path, "SHA256SUMS"), "utf8");
      expect(sums(other.path)).toBe(sums(await builtRelease()));
    },
  );

  gate(
    "consists of archives, scripts, parts and the sums of all of them",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const release = await builtRelease();
      const files = readdirSync(release).filter(
        (name) => !targets.some((target) => target.name === name),
      );
      const expected = [
        ...targets.map(archiveName),
        "install.sh",
        "install.ps1",
        "agent-trace.cdx.json",
      ];
      expect(files.sort()).toEqual([...expected, "SHA256SUMS"].sort());
      const sums = expected.sort().map((name) => {
        const sum = createHash("sha256")
          .update(readFileSync(join(release, name)))
          .digest("hex");
        return `${sum}  ${name}\n`;
      });
      expect(readFileSync(join(release, "SHA256SUMS"), "utf8")).toBe(sums.join(""));
      const { components } = JSON.parse(
        readFileSync(join(release, "agent-trace.cdx.json"), "utf8"),
      );
      expect(components.map((part: { name: string }) => part.name)).toContain("citty");
    },
  );

  gate(
    "unpacks to the program, its licence, manual and completions",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const { stdout } = await startProgram(
        ["tar", "-tzf", join(await builtRelease(), "agent-trace-linux-x64.tar.gz")],
        {
          cwd: "/",
          environment: { PATH: process.env["PATH"] },
        },
      );
      const folder = "agent-trace-linux-x64";
      expect(stdout.trim().split("\n")).toEqual(
        expect.arrayContaining(
          [
            "agent-trace",
            "LICENSE",
            "THIRD-PARTY-LICENSES",
            "README.md",
            "man/man1/agent-trace.1",
            "man/man1/agent-trace-push.1",
            "completions/agent-trace.bash",
            "completions/_agent-trace",
            "completions/agent-trace.fish",
            "completions/agent-trace.ps1",
          ].map((name) => `${folder}/${name}`),
        ),
      );
    },
  );
});
