import { expect, test } from "bun:test";
import { billOfMaterials } from "../../release/sbom.ts";
import { readParts, thirdPartyNotices } from "../../release/parts.ts";
import { dependencies } from "../../package.json";

test("every library, and what it needs in turn, is a part with its version, licence and digest", () => {
  const parts = readParts();
  const names = parts.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(dependencies), "bun", "ufo"]));
  expect(names).not.toContain("typescript");
  expect(parts.filter(({ licence, sha512 }) => !licence || sha512?.length !== 128)).toEqual([]);
  for (const [name, version] of Object.entries(dependencies)) {
    expect(parts.find((part) => part.name === name)?.version).toBe(version);
  }
});

test("the list of parts names them all and follows from the commit alone", () => {
  const stamp = { version: "1.2.3", commit: "0123456789" };
  const document = JSON.parse(billOfMaterials(stamp, 1_770_000_000));
  expect(document.metadata.timestamp).toBe("2026-02-02T02:40:00Z");
  expect(document.components.map(({ name }: { name: string }) => name)).toEqual(
    readParts().map(({ name }) => name),
  );
  expect(billOfMaterials(stamp, 1_770_000_000)).toBe(billOfMaterials(stamp, 1_770_000_000));
});

test("the licence of every part is handed on", () => {
  const notices = thirdPartyNotices();
  for (const { name, version } of readParts()) expect(notices).toContain(`${name} ${version}\n`);
  expect(notices).not.toContain("licence unknown");
});
