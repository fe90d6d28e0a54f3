import { AppError } from "../errors.ts";
import type { Capabilities } from "../schema/wire.ts";
import type { Answer } from "./answer.ts";
import { fetchCapabilities } from "./capabilities.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";

export interface ConnectionOptions {
  readonly name: string;
  readonly url: string;
  /** The project's slug: the wire's `project_id`. */
  readonly project: string;
  readonly client: Client;
  /** For tests: compress although the service is near. */
  readonly compress?: boolean;
}

/** One project on one service: what requests for rows and for blobs share. */
export interface ServiceConnection extends ConnectionOptions {
  capabilities(): Promise<Capabilities>;
  /** How bodies are to be compressed: not at all on this machine, where it would only cost time. */
  encoding(): Promise<"zstd" | "gzip" | undefined>;
}

export function connectService(options: ConnectionOptions): ServiceConnection {
  const { client, project } = options;
  let known: Promise<Capabilities> | undefined;
  const capabilities = (): Promise<Capabilities> => (known ??= fetchCapabilities(client, project));
  return {
    ...options,
    capabilities,
    encoding: async () =>
      (options.compress ?? client.distant) ? (await capabilities()).compression : undefined,
  };
}

/** A service that is too old for a resource answers 404 without naming a project that is not there. */
export async function isUnknownPath(answer: Answer): Promise<boolean> {
  if (answer.status !== 404 && answer.status !== 405) return false;
  const refusal = await refusalOf(answer);
  if (refusal.code === "project_not_found") throw refusal;
  return true;
}

/** What answers is no service of ours, or one that does not do as it says. */
export function invalidAnswer(message: string): AppError {
  return new AppError("invalid_answer", message, {
    hint: "check the remote's URL: what answers there may be a login page or another program",
  });
}
