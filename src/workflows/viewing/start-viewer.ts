import type { Context } from "../../context.ts";
import { AppError, systemCode } from "../../errors.ts";
import { HttpError } from "../../http/http-error.ts";
import { type Listener, listen } from "../../http/listen.ts";
import { loadAssets } from "../../viewer/assets.ts";
import { createViewer } from "../../viewer/create-viewer.ts";
import type { ViewerSource } from "../../viewer/views.ts";

export interface RunningViewer {
  /** With the key that opens the pages once. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Puts the pages on a port of this machine that no other machine can reach. */
export async function startViewer(
  context: Context,
  source: ViewerSource,
  { port, start }: { readonly port: number; readonly start: string },
): Promise<RunningViewer> {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  const stopping = new AbortController();
  const viewer = createViewer({
    source,
    assets: await loadAssets(),
    key,
    signal: stopping.signal,
    onFailure: (error) =>
      context.terminal.debug(error instanceof Error ? (error.stack ?? "") : String(error)),
    refusal: (error) =>
      error instanceof AppError
        ? new HttpError(error.code === "not_found" ? 404 : 409, error.label, error.message, {
            details: { hint: error.hint ?? null },
          })
        : undefined,
  });
  const listener = openPort(() => listen(viewer, { hostname: "127.0.0.1", port }), port);
  viewer.bind(Number(new URL(listener.url).port));
  return {
    url: `${listener.url}/open/${key}${start === "" ? "" : `#${start}`}`,
    async stop() {
      stopping.abort();
      await listener.stop(500);
    },
  };
}

function openPort(open: () => Listener, port: number): Listener {
  try {
    return open();
  } catch (error) {
    throw new AppError(
      "failed",
      `cannot listen on port ${port} (${systemCode(error) ?? "unknown cause"})`,
      {
        hint: "leave `--port` out to take a free one",
        cause: error,
      },
    );
  }
}
