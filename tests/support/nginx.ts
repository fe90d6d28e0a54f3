import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface NginxOptions {
  /** Where its configuration and all its files are. */
  readonly directory: string;
  /** What stands within `http { … }`. */
  readonly http: string;
  /** What stands before it, such as modules; the events are ours. */
  readonly head?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A real nginx in the foreground. It is up when something answers on the port that `http` names. */
export function startNginx({ directory, http, head = "", environment = {} }: NginxOptions) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(directory, kind)};`)
    .join("\n");
  const own = process.getuid?.() === 0 ? "user root;" : "";
  const file = join(directory, "nginx.conf");
  writeFileSync(
    file,
    `${head}\ndaemon off; ${own} pid ${directory}/pid; error_log stderr; events {}\nhttp { access_log off; ${temporary}\n${http} }`,
  );
  return Bun.spawn(["nginx", "-e", "stderr", "-c", file], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...environment },
  });
}
