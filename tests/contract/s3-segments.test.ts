import { withS3 } from "../support/real-servers.ts";
import { segmentStoreContract } from "./segment-store.ts";

withS3("segments on a server", (server) => {
  segmentStoreContract("an S3 bucket", async () => ({
    store: server().segments(server().bucket()),
    [Symbol.asyncDispose]: async () => {},
  }));
});
