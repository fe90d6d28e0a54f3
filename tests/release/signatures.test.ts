/** Targets that do not run here are read instead. */
import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { verifySignature } from "../../release/mach-o.ts";
import { readExecutable } from "../../release/portable-executable.ts";
import { builtProgram, withoutRelease } from "../support/built-release.ts";
import { gate } from "../support/gate.ts";

const minutes = 60_000;

describe("macOS:", () => {
  for (const name of ["darwin-x64", "darwin-arm64"]) {
    gate(
      `the signature of ${name} is true`,
      { unless: withoutRelease, timeout: 5 * minutes },
      async () => {
        const report = verifySignature(readFileSync(await builtProgram(name)));
        expect(report.wrongPages).toBe(0);
        expect(report.pages).toBeGreaterThan(10_000);
        expect(report.flags & 2).toBe(2);
        expect(report).toMatchObject({
          coversAllCode: true,
          endsWithFile: true,
          execSegmentIsText: true,
        });
      },
    );
  }

  gate(
    "a changed byte makes one page wrong (control)",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const file = readFileSync(await builtProgram("darwin-x64"));
      file[1_000_000] = (file[1_000_000] ?? 0) ^ 1;
      expect(verifySignature(file).wrongPages).toBe(1);
    },
  );
});

describe("Windows:", () => {
  for (const [name, machine] of [
    ["windows-x64", "x64"],
    ["windows-arm64", "arm64"],
  ] as const) {
    gate(
      `${name} is a console program that needs what every Windows has`,
      { unless: withoutRelease, timeout: 5 * minutes },
      async () => {
        expect(readExecutable(readFileSync(await builtProgram(name)))).toEqual({
          machine,
          isConsole: true,
          isWhole: true,
          imports: [
            "api-ms-win-core-synch-l1-2-0.dll",
            "bcryptprimitives.dll",
            "kernel32.dll",
            "ntdll.dll",
          ],
        });
      },
    );
  }
});
