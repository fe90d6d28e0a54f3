import { expect, test } from "bun:test";
import { testService } from "../support/service.ts";
import type { Progress } from "../../src/schema/progress.ts";
import { withExchange } from "../../src/workflows/exchange/exchange.ts";
import { pushHalf } from "../../src/workflows/exchange/halves.ts";
import type { Command } from "../../src/command.ts";
import { cli } from "../support/cli.ts";
import { personAt } from "./person.ts";
import { addTrace, writeTranscript } from "./work.ts";

test("an upload of transcripts tells how many of all their bytes have gone", async () => {
  await using service = await testService();
  const account = await service.account();
  using person = await personAt(account);
  const sizes = [400_000, 900_000];
  for (const size of sizes) {
    const name = `t${size}`;
    addTrace(person, name, { conversation: writeTranscript(person, name, "x".repeat(size)) });
  }
  const told: Progress[] = [];
  const push: Command = {
    summary: "",
    args: {},
    examples: [],
    run: (context) =>
      withExchange(
        context,
        { title: "Pushing to", remote: undefined, dryRun: false },
        async (exchange) => {
          const report = (progress: Progress): void => void told.push(progress);
          const choice = { full: true, only: "all", since: undefined, transcripts: true } as const;
          return (await pushHalf(context, { ...exchange, report }, choice)).exitCode;
        },
      ),
  };
  const load = () => Promise.resolve({ default: push });
  const catalog = { push: { kind: "command", summary: "", section: "sharing", load } } as const;
  const outcome = await cli(["push"], { home: person.home, cwd: person.repo.path, catalog });
  expect(outcome.exitCode).toBe(0);
  const uploads = told.filter(({ bytesTotal }) => bytesTotal !== undefined);
  expect(new Set(uploads.map(({ bytesTotal }) => bytesTotal))).toEqual(new Set([1_300_000]));
  expect(uploads.map(({ bytes }) => bytes).toSorted((a, b) => a - b)).toEqual(
    uploads.map(({ bytes }) => bytes),
  );
  expect(uploads.at(-1)?.bytes ?? 0).toBeGreaterThan(400_000);
});
