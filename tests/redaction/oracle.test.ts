import { expect, test } from "bun:test";
import { createPolicy } from "../../src/redaction/policy.ts";
import { createLineRedactor } from "../../src/redaction/redact-line.ts";
import { drawFromExpression } from "./draw-from-expression.ts";
import { otherScannersRules } from "./other-scanner.ts";

/** Rules that name no provider, or whose samples cannot be told from other text without reading on. */
const unspecific = [
  "generic-api-key",
  "kubernetes-secret-yaml",
  "curl-auth-header",
  "curl-auth-user",
];

const text = otherScannersRules();
if (text === undefined)
  console.log("skipped: another scanner's rules are not in Go's module cache");

test.skipIf(text === undefined)("masks what another scanner's rules look for", () => {
  const { rules } = Bun.TOML.parse(text ?? "") as { rules: { id: string; regex?: string }[] };
  const lines = createLineRedactor(createPolicy());
  const rounds = 10;
  let masked = 0;
  let all = 0;
  const weak: string[] = [];
  for (const [index, { id, regex }] of rules.entries()) {
    if (regex === undefined || unspecific.includes(id)) continue;
    let own = 0;
    for (let round = 0; round < rounds; round++) {
      const sample = drawFromExpression(regex, 1 + index * rounds + round);
      if (lines.redact(Buffer.from(`\n${sample} `)).hits.length > 0) own++;
    }
    masked += own;
    all += rounds;
    if (own < rounds) weak.push(`${id} ${own}/${rounds}`);
  }
  console.log(
    `another scanner's samples masked: ${masked} of ${all}; not all of: ${weak.join(", ")}`,
  );
  expect(masked / all).toBeGreaterThanOrEqual(0.9);
});
