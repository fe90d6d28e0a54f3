/** What a release is made of: targets, signatures, archives, sums. Imported by `build.ts` and by its tests alone. */
export interface Target {
  /** As in the names of archives and in `version --json`. */
  readonly name: string;
  /** As the compiler calls it. */
  readonly bun: Bun.Build.CompileTarget;
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "x64" | "arm64";
  /** Comes with a signature that macOS refuses, so that it is made anew. */
  readonly resign?: boolean;
}

export const targets: readonly Target[] = [
  { name: "linux-x64", bun: "bun-linux-x64", os: "linux", arch: "x64" },
  { name: "linux-arm64", bun: "bun-linux-arm64", os: "linux", arch: "arm64" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", os: "linux", arch: "x64" },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", os: "linux", arch: "arm64" },
  { name: "darwin-x64", bun: "bun-darwin-x64", os: "darwin", arch: "x64", resign: true },
  { name: "darwin-arm64", bun: "bun-darwin-arm64", os: "darwin", arch: "arm64" },
  { name: "windows-x64", bun: "bun-windows-x64", os: "windows", arch: "x64" },
  { name: "windows-arm64", bun: "bun-windows-arm64", os: "windows", arch: "arm64" },
];

export function programName(target: Target): string {
  return target.os === "windows" ? "agent-trace.exe" : "agent-trace";
}

export function archiveName(target: Target): string {
  return `agent-trace-${target.name}.${target.os === "windows" ? "zip" : "tar.gz"}`;
}

/** The target of the machine that builds: its system, its processor and, on Linux, its C library. */
export function ownTarget(): Target {
  const os = process.platform === "win32" ? "windows" : process.platform;
  // The runtime's own report names the C library that it was started with, and none under musl.
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } };
  const musl = os === "linux" && report?.header?.glibcVersionRuntime === undefined;
  const name = `${os}-${process.arch}${musl ? "-musl" : ""}`;
  const own = targets.find((target) => target.name === name);
  if (own === undefined) throw new Error(`no target for ${name}`);
  return own;
}
