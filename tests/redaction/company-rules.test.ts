import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import { parseRules } from "../../src/redaction/company/parse-rules.ts";
import { createPattern } from "../../src/redaction/company/pattern.ts";
import { mostSlowBlocks } from "../../src/redaction/company/search-rules.ts";
import { createPolicy } from "../../src/redaction/policy.ts";
import { type Redactor, createRedactor } from "../../src/redaction/redactor.ts";
import { encodings } from "./samples.ts";
import { otherScannersRules } from "./other-scanner.ts";

function policyOf(toml: string, clock = () => 0) {
  const { rules } = parseRules(toml, "rules.toml");
  return createPolicy({ rules: { rules, text: toml }, clock, formats: [] });
}

const all = (redactor: Redactor, text: string): string =>
  Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
const redact = (text: string, toml: string): string => all(createRedactor(policyOf(toml)), text);

const rule = (more: string): string => `[[rules]]\nid = "acme"\n${more}\n`;
const token = rule(`regex = '''acme_([a-z0-9]{12})\\b'''\nkeywords = ["acme_"]`);

describe("a company's rules", () => {
  test.each([
    ["the group that took part", token, "x acme_0123456789ab y", "x acme_[redacted:acme] y"],
    [
      "the whole match",
      rule(`regex = '''acme_[a-z0-9]{12}'''\nkeywords = ["acme_"]`),
      "x acme_0123456789ab y",
      "x [redacted:acme] y",
    ],
    [
      "the group that is named",
      rule(`regex = '''(acme|other)_([a-z0-9]{12})'''\nsecretGroup = 2\nkeywords = ["_"]`),
      "x other_0123456789ab y",
      "x other_[redacted:acme] y",
    ],
    ["no keyword is there", token.replace('"acme_"', '"beta"'), "acme_0123456789ab", undefined],
    [
      "without keywords everywhere",
      rule("regex = '''acme_[a-z0-9]{12}'''"),
      "acme_0123456789ab",
      "[redacted:acme]",
    ],
    [
      "keywords in any case",
      token.replace('"acme_"', '"ACME_"'),
      "acme_0123456789ab",
      "acme_[redacted:acme]",
    ],
    ["too little entropy", `${token}entropy = 3.0`, "acme_aaaaaaaaaaab", undefined],
    ["enough entropy", `${token}entropy = 3.0`, "acme_0123456789ab", "acme_[redacted:acme]"],
    [
      "a secret that is excepted",
      `${token}[[rules.allowlists]]\nregexes = ['''89ab$''']`,
      "acme_0123456789ab",
      undefined,
    ],
    [
      "a word that is excepted",
      `${token}[rules.allowlist]\nstopwords = ["6789AB"]`,
      "acme_0123456789ab",
      undefined,
    ],
    [
      "a line that is excepted",
      `${token}[[rules.allowlists]]\nregexTarget = "line"\nregexes = ['''example''']`,
      "an example\nthis acme_0123456789ab\nexample acme_0123456789cd",
      "an example\nthis acme_[redacted:acme]\nexample acme_0123456789cd",
    ],
    [
      "both of two exceptions",
      `${token}[[rules.allowlists]]\ncondition = "AND"\nregexes = ['''ab$''']\nstopwords = ["zz"]`,
      "acme_0123456789ab",
      "acme_[redacted:acme]",
    ],
    [
      "an exception that also asks for a path",
      `${token}[[rules.allowlists]]\ncondition = "AND"\nregexes = ['''ab$''']\npaths = ["test"]`,
      "acme_0123456789ab",
      "acme_[redacted:acme]",
    ],
    [
      "an exception of the file",
      `[allowlist]\nregexes = ['''ab$''']\n${token}`,
      "acme_0123456789ab",
      undefined,
    ],
  ])("are followed: %s", (_, toml, before, after) => {
    expect(redact(before, toml)).toBe(after ?? before);
    expect(redact(after ?? before, toml)).toBe(after ?? before);
  });

  test("find their secret in ten encodings, and a second run changes nothing", () => {
    for (const [name, { line, hides }] of Object.entries(encodings)) {
      const before = line("use acme_0123456789ab here");
      const after = redact(before, token);
      expect(`${name}: ${after}`).toContain("[redacted:acme]");
      expect(after).not.toContain(hides("0123456789ab"));
      expect(redact(after, token)).toBe(after);
      if (before.startsWith("{")) JSON.parse(after);
    }
  });

  test("do not take a mask for a secret, and do not stop at one that stands beside it", () => {
    const wide = rule(`regex = '''key=(\\S{8,})'''\nkeywords = ["key="]`);
    expect(redact("key=[redacted:github-personal-token]", wide)).toBe(
      "key=[redacted:github-personal-token]",
    );
    expect(redact("key=[redacted:x]0123456789ab", wide)).toBe("key=[redacted:acme]");
  });

  test.each([
    ["rules = 3", "`rules.toml`: `rules` is not tables"],
    ["x = [", "`rules.toml` is no TOML"],
    ["", "`rules.toml`: it has no rules"],
    ["[extend]\npath = 'other.toml'", "`rules.toml`: `extend` can only have `useDefault` here"],
    ["[[rules]]\nregex = 'x'", "`rules.toml`: rule 1 has no usable `id`"],
    ["[[rules]]\nid = 'a]b'\nregex = 'x'", "`rules.toml`: rule 1 has no usable `id`"],
    [token + token, "`rules.toml`: rule `acme`: another rule has the same id"],
    [rule("regexp = 'x'"), "`rules.toml`: rule `acme`: `regexp` is not understood"],
    [rule(""), "`rules.toml`: rule `acme`: it has no `regex`"],
    [rule("regex = 'x'\nkeywords = 'x'"), "rule `acme`: `keywords` is not a list of texts"],
    [rule("regex = 'x'\nentropy = 'x'"), "rule `acme`: `entropy` is no number that fits"],
    [rule("regex = 'x(?=y)'"), "rule `acme`: error parsing regexp"],
    [rule("regex = '(x'"), "rule `acme`: error parsing regexp"],
    [rule("regex = '(?:[a-z]{1,900}x)?[a-z]{1,999}[0-9]{1,900}'"), "its expression is too large"],
    [rule("regex = '(x)'\nsecretGroup = 2"), "rule `acme`: there is no group 2 in its expression"],
    [
      `${token}[[rules.allowlists]]\nregexes = ['(']`,
      "rule `acme`: allowlist: error parsing regexp",
    ],
    [`${token}[[rules.allowlists]]\nregexTarget = 'x'`, "allowlist: `regexTarget` is unknown"],
    [`${token}[[rules.allowlists]]\nword = 'x'`, "allowlist: `word` is not understood"],
  ])("that cannot be followed are told with file, rule and advice: %j", (toml, message) => {
    let error: unknown;
    try {
      for (const own of parseRules(toml, "rules.toml").rules) own.compile();
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof AppError)) throw new Error("nothing was told");
    expect(error.message).toContain(message);
    expect(error.hint ?? "").not.toBe("");
  });

  const theirs = otherScannersRules();
  test.skipIf(theirs === undefined)("of another scanner's size and kind are all understood", () => {
    const { rules, passedOver } = parseRules(theirs ?? "", "theirs.toml");
    for (const own of rules) own.compile();
    expect({ rules: rules.length, passedOver }).toEqual({
      rules: 221,
      passedOver: ["pkcs12-file"],
    });
  });
});

describe("a rule that takes too long", () => {
  /** Each look at the clock costs a second. */
  function slowly(toml: string) {
    let now = 0;
    return policyOf(toml, () => (now += 1000));
  }

  test("is replaced by masking what its keywords name, and counted", () => {
    const redactor = createRedactor(slowly(token));
    expect(all(redactor, '{"a":"acme_!0123 then acme_key: \'hunter-2\', and acme_"}\n')).toBe(
      '{"a":"[redacted:acme] then [redacted:acme] \'[redacted:acme]\', and acme_"}\n',
    );
    expect(redactor.slow["acme"]).toBeGreaterThan(0);
    const again = createRedactor(slowly(token));
    const once = "see [redacted:acme] and acme_";
    expect(all(again, once)).toBe(once);
  });

  test("and has no keyword masks all texts of the block, and JSON stays JSON", () => {
    const masked = all(createRedactor(slowly(rule("regex = '''acme'''"))), '{"a":"b","c":[1,"d"]}');
    expect(masked).not.toContain('"b"');
    JSON.parse(masked);
  });

  test("is not tried any more after some blocks, also when the transcript has grown", () => {
    let looks = 0;
    const policy = policyOf(token, () => (looks += 1000));
    const line = `acme_x\n`;
    const first = createRedactor(policy);
    first.write(Buffer.from(line.repeat(mostSlowBlocks + 5)));
    expect(first.slow["acme"]).toBe(mostSlowBlocks + 5);
    const before = looks;
    const second = createRedactor(policy, { after: first.state });
    expect(Buffer.from(second.write(Buffer.from(line))).toString()).toBe("[redacted:acme]\n");
    expect(looks).toBe(before);
  });
});

test("a pattern allows the values that it fits, and one that fits all is refused", () => {
  const allow = { hashes: [], patterns: [createPattern("/^ghp_zQW/")] };
  const secret = "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";
  expect(all(createRedactor(createPolicy()), secret)).not.toBe(secret);
  expect(all(createRedactor(createPolicy({ allow })), secret)).toBe(secret);
  expect(() => createPattern("/x*/")).toThrow("would allow every value");
  expect(() => createPattern("/(/")).toThrow("error parsing regexp");
});
