import { readVariable } from "../../environment.ts";
import type { Context } from "../../context.ts";

const programs: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
  linux: ["xdg-open"],
};

/** Opens an address of ours in the person's browser, where there is a screen; whether something was started. */
export function openBrowser({ environment }: Context, url: string): boolean {
  const [name, ...args] = programs[process.platform] ?? [];
  const screen =
    process.platform !== "linux" ||
    readVariable(environment, "DISPLAY") !== undefined ||
    readVariable(environment, "WAYLAND_DISPLAY") !== undefined;
  const program =
    name === undefined || !screen ? null : Bun.which(name, { PATH: environment["PATH"] ?? "" });
  if (program === null) return false;
  try {
    Bun.spawn([program, ...args, url], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    }).unref();
    return true;
  } catch {
    return false;
  }
}
