import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openS3Segments } from "../../src/service/s3-segments.ts";
import type { SegmentStore } from "../../src/service/segment-store.ts";
import { temporaryDirectory } from "./directories.ts";
import { freePort } from "./free-port.ts";

const keys = { accessKeyId: "test-key", secretAccessKey: "test-secret" };

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  /** What `serve` needs to use it. */
  readonly environment: Record<string, string>;
  /** A bucket of its own: `s3://…`. */
  bucket(): string;
  segments(bucket: string): SegmentStore;
  kill(): Promise<void>;
  start(): Promise<void>;
}

function program(): string | null {
  const home = process.env["HOME"] ?? "";
  return Bun.which("versitygw") ?? Bun.which(join(home, "go/bin/versitygw"));
}

export const hasS3Server = program() !== null;

/** A real S3 server (versitygw) over a temporary directory, on a free port of loopback. */
export async function s3Server(): Promise<S3Server> {
  const directory = temporaryDirectory();
  const root = join(directory.path, "buckets");
  mkdirSync(root);
  const port = freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const launch = () =>
    Bun.spawn(
      [
        program() ?? "",
        "--access",
        keys.accessKeyId,
        "--secret",
        keys.secretAccessKey,
        "--port",
        `127.0.0.1:${port}`,
        "posix",
        root,
      ],
      {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
      },
    );
  let child = launch();
  const up = async (): Promise<void> => {
    while (child.exitCode === null) {
      const isUp = await fetch(endpoint).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("the S3 server did not start");
  };
  await up();
  let made = 0;
  return {
    endpoint,
    environment: {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_ENDPOINT_URL_S3: endpoint,
    },
    bucket() {
      const name = `bucket-${++made}`;
      // With this server a directory is a bucket.
      mkdirSync(join(root, name));
      return `s3://${name}/some/prefix`;
    },
    segments: (url) =>
      openS3Segments({ url, endpoint, region: undefined, credentials: async () => keys }),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async start() {
      child = launch();
      await up();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      directory[Symbol.dispose]();
    },
  };
}
