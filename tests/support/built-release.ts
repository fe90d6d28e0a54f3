import { join } from "node:path";
import { programName, targets } from "../../release/targets.ts";
import { temporaryDirectory } from "./directories.ts";

/** Why a test that needs a whole release does not run here: eight runtimes are downloaded for it. */
export const withoutRelease =
  process.env["AGENT_TRACE_GATES"] !== undefined
    ? undefined
    : "set AGENT_TRACE_GATES=required, as .ci/run does";

let directory: ReturnType<typeof temporaryDirectory> | undefined;
let building: Promise<string> | undefined;

/** A directory with a whole release, made once for all tests of this run. */
export function builtRelease(): Promise<string> {
  building ??= (async () => {
    directory = temporaryDirectory();
    process.once("exit", () => directory?.[Symbol.dispose]());
    const path = join(directory.path, "release");
    await buildRelease(path);
    return path;
  })();
  return building;
}

/** `bun run build --all`, with an environment that must not show in the result. */
export async function buildRelease(
  outdir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = Bun.spawn([process.execPath, "build.ts", "--all", "--outdir", outdir], {
    env: { ...process.env, ...environment },
    stdout: "ignore",
    stderr: "pipe",
  });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
}

/** The program of one target of that release. */
export async function builtProgram(name: string): Promise<string> {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target ${name}`);
  return join(await builtRelease(), name, programName(target));
}
