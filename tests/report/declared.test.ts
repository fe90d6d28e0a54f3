import { describe, expect, test } from "bun:test";
import { declaredAgents } from "../../src/report/declared.ts";
import { agentSession } from "../support/agent-session.ts";

const person = "person@example.com";

describe("a commit declares", () => {
  test.each([
    ["Co-authored-by: Claude <noreply@anthropic.com>", ["claude-code"]],
    ["co-authored-by: Claude Opus 4.5 <NoReply@Anthropic.com>", ["claude-code"]],
    ["Co-authored-by: Cursor <cursoragent@cursor.com>", ["cursor"]],
    ["Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>", ["copilot"]],
    ["Agent-Logs-Url: https://github.com/o/r/sessions/1", ["copilot"]],
    ["Agent-Logs-Url: https://agents.example.com/1", ["unknown agent"]],
    ["Assisted-by: claude-code:anthropic/claude-opus-4-6", ["claude-code"]],
    ["Assisted-by: Claude:claude-3-opus [coccinelle]", ["Claude"]],
    // People, and those who would pass for an agent.
    ["Co-authored-by: Claude Monet <claude@example.com>", []],
    ["Co-authored-by: Bob <bob@anthropic.com>", []],
    ["Co-authored-by: noreply@anthropic.com <bob@example.com>", []],
    ["Co-authored-by: x <noreply@anthropic.com.example.com>", []],
    ["Signed-off-by: Claude <noreply@anthropic.com>", []],
    ["Assisted-by: \u001b[2J", []],
    ["Assisted-by:", []],
  ])("%s", (trailer, expected) => {
    expect(declaredAgents({ trailers: [trailer], author: { email: person } })).toEqual([
      ...expected,
    ]);
  });

  test("its author, and each agent once", () => {
    const email = "198982749+copilot-swe-agent[bot]@users.noreply.github.com";
    const trailers = [
      "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>",
      "Co-authored-by: Claude <noreply@anthropic.com>",
    ];
    expect(declaredAgents({ trailers, author: { email } })).toEqual(["claude-code", "copilot"]);
  });
});

interface Told {
  readonly lines: object;
  readonly declared: readonly object[];
  readonly commits: readonly { subject: string; declared: string[]; ai: number }[];
}

test("what commits declare is told beside the sums, and never counted as an agent's lines", async () => {
  using session = await agentSession();
  const co = "Co-authored-by: Claude <noreply@anthropic.com>";
  session.type("a.ts", "one\ntwo\n");
  await session.commit(`declared\n\nWords \u0001 and \u001f marks\n\n${co}\n`);
  await session.write("b.ts", "three\n");
  await session.commit(`proven\n\n${co}`);
  session.type("c.ts", "four\n");
  await session.commit(`no trailer: ${co}\n\n${co} stands in the text.\n\nEnd.`);
  const report = await session.json<Told>(["report"]);
  expect(report.lines).toEqual({ added: 4, ai: 1, unattributed: 3 });
  expect(report.declared).toEqual([{ agent: "claude-code", commits: 2, unproven: 1 }]);
  expect(report.commits.map(({ subject, declared, ai }) => [subject, declared, ai])).toContainEqual(
    ["declared", ["claude-code"], 0],
  );
  const words = "claude-code by 2 commits, no line known in 1 of them";
  expect((await session.run(["report"])).stdout).toContain(`declared, not proven: ${words}`);
  expect((await session.run(["report", "--md"])).stdout).toContain(
    `Declared in messages, not proven: ${words}`,
  );
});
