import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalog } from "../src/commands/catalog.ts";
import { type Shell, completionScripts, shells } from "../src/terminal/completion-scripts.ts";
import { type ArchiveEntry, tarGz, zip } from "./archive.ts";
import { type Stamp, compile } from "./compile.ts";
import { readDefinitions } from "./definitions.ts";
import { manual } from "./manual.ts";
import { thirdPartyNotices } from "./parts.ts";
import { billOfMaterials } from "./sbom.ts";
import { type Target, archiveName, ownTarget, programName, targets } from "./targets.ts";
import { tryOut } from "./try-out.ts";

export interface Release extends Stamp {
  readonly outdir: string;
  /** Seconds since 1970, of every file. */
  readonly time: number;
  /** Where the release will lie; `{version}` stands for its version. */
  readonly downloadUrl: string | undefined;
}

/** What lies beside the program in each archive: the licence, the manual and the completion scripts. */
async function accompanyingFiles(time: number): Promise<ArchiveEntry[]> {
  const files: [string, string][] = ["LICENSE", "README.md"].map((path) => [
    path,
    readFileSync(path, "utf8"),
  ]);
  files.push(["THIRD-PARTY-LICENSES", thirdPartyNotices()]);
  for (const [name, page] of manual(await readDefinitions(catalog), time)) {
    files.push([`man/man1/${name}`, page]);
  }
  for (const shell of shells)
    files.push([`completions/${completionFiles[shell]}`, completionScripts[shell]]);
  return files.map(([path, text]) => ({ path, content: new TextEncoder().encode(text) }));
}

/** Named as each shell looks for them. */
const completionFiles: Readonly<Record<Shell, string>> = {
  bash: "agent-trace.bash",
  zsh: "_agent-trace",
  fish: "agent-trace.fish",
  powershell: "agent-trace.ps1",
};

/** Makes `outdir` a release: archives, the bill of materials, both install scripts, and the sums of all of them. */
export async function packRelease(release: Release): Promise<void> {
  const sums = new Map<string, string>();
  const put = (name: string, content: Uint8Array | string): void => {
    writeFileSync(join(release.outdir, name), content);
    sums.set(name, createHash("sha256").update(content).digest("hex"));
  };
  mkdirSync(release.outdir, { recursive: true });
  rmSync(join(release.outdir, "SHA256SUMS"), { force: true });
  const shared = await accompanyingFiles(release.time);
  for (const target of targets) {
    const started = performance.now();
    put(archiveName(target), await pack(target, release, shared));
    console.log(`${archiveName(target)}  ${Math.round(performance.now() - started)} ms`);
  }
  const archives = [...sums].sort().map(([name, sum]) => `${sum}  ${name}`);
  for (const script of ["install.sh", "install.ps1"]) {
    put(script, stampInstaller(readFileSync(script, "utf8"), release, archives));
  }
  put("agent-trace.cdx.json", billOfMaterials(release, release.time));
  writeFileSync(
    join(release.outdir, "SHA256SUMS"),
    [...sums]
      .sort()
      .map(([name, sum]) => `${sum}  ${name}\n`)
      .join(""),
  );
}

/** An install script that knows its release: version, address and the archives' sums. */
function stampInstaller(script: string, release: Release, sums: readonly string[]): string {
  const url = release.downloadUrl ?? "";
  if (/['"\s\\]/.test(url)) throw new Error(`\`${url}\` cannot stand in an install script`);
  const stamps: readonly (readonly [RegExp, string])[] = script.startsWith("#!")
    ? [
        [/^release_version=''$/m, `release_version='${release.version}'`],
        [/^release_url=''$/m, `release_url='${url}'`],
        [/^release_sums=''$/m, `release_sums='${sums.join("\n")}'`],
      ]
    : [
        [/\$releaseVersion = ''$/m, `$releaseVersion = '${release.version}'`],
        [/\$releaseUrl = ''$/m, `$releaseUrl = '${url}'`],
        [/\$releaseSums = @'\n'@$/m, `$releaseSums = @'\n${sums.join("\n")}\n'@`],
      ];
  return stamps.reduce((text, [place, stamp]) => {
    if (!place.test(text)) throw new Error(`the install script has no place for ${place}`);
    return text.replace(place, () => stamp);
  }, script);
}

async function pack(
  target: Target,
  release: Release,
  shared: readonly ArchiveEntry[],
): Promise<Uint8Array> {
  const program = join(release.outdir, target.name, programName(target));
  await compile(target, program, release);
  if (target === ownTarget()) tryOut(program, release);
  const folder = `agent-trace-${target.name}`;
  const entries = [
    { path: programName(target), content: readFileSync(program), executable: true },
    ...shared,
  ].map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));
  return target.os === "windows" ? zip(entries, release.time) : tarGz(entries, release.time);
}
