import { expect, test } from "bun:test";
import { createPolicy } from "../../src/redaction/policy.ts";
import { createLineRedactor } from "../../src/redaction/redact-line.ts";
import { drawFromExpression } from "./draw-from-expression.ts";
import { otherScannersRules } from "./other-scanner.ts";
import { encodings } from "./samples.ts";

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

interface Share {
  masked: number;
  all: number;
}

const percent = ({ masked, all }: Share): string => `${((100 * masked) / all).toFixed(1)} %`;

test.skipIf(text === undefined)("masks what another scanner's rules look for", () => {
  const { rules } = Bun.TOML.parse(text ?? "") as { rules: { id: string; regex?: string }[] };
  const redactor = createLineRedactor(createPolicy());
  const isMasked = (line: string): boolean => redactor.redact(Buffer.from(line)).hits.length > 0;
  const rounds = 10;
  const byEncoding = new Map<string, Share>();
  const byProvider = new Map<string, Share>();
  const count = (shares: Map<string, Share>, name: string, masked: boolean): void => {
    const share = shares.get(name) ?? { masked: 0, all: 0 };
    shares.set(name, { masked: share.masked + Number(masked), all: share.all + 1 });
  };
  for (const [index, { id, regex }] of rules.entries()) {
    if (regex === undefined || unspecific.includes(id)) continue;
    for (let round = 0; round < rounds; round++) {
      const sample = `\n${drawFromExpression(regex, 1 + index * rounds + round)} `;
      for (const [name, { line }] of Object.entries(encodings)) {
        const masked = isMasked(line(sample));
        count(byEncoding, name, masked);
        count(byProvider, id.split("-", 1)[0] ?? id, masked);
      }
    }
  }
  for (const [name, share] of byEncoding) {
    console.log(`another scanner's samples, ${name}: ${percent(share)} of ${share.all} masked`);
  }
  const whole = [...byProvider].filter(([, { masked, all }]) => masked === all);
  const part = [...byProvider].filter(([, { masked, all }]) => masked < all);
  console.log(
    `another scanner's samples, by provider: all of ${whole.length} of ${byProvider.size};`,
  );
  console.log(part.map(([name, share]) => `  ${name} ${percent(share)}`).join("\n"));
  for (const [name, { masked, all }] of byEncoding) {
    expect(`${name}: ${masked / all >= 0.9}`).toBe(`${name}: true`);
  }
});
