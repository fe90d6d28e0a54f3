/**
 * The failing control of the kill test: our service with its order of writes turned round. It takes the command line of
 * `serve`, but says that a batch or a blob is stored, and only then stores it.
 */
import { openStores } from "../../src/service/data-directory.ts";
import { listen } from "../../src/http/listen.ts";
import { createService, microseconds } from "../../src/service/service.ts";

const data = process.argv[process.argv.indexOf("--data") + 1] ?? "";
const { records, segments } = await openStores({ data, now: microseconds });
const service = createService({ database: records, segments, rate: 0 });
const later: Promise<unknown>[] = [];

const { url } = listen(
  {
    async fetch(request) {
      const { method } = request;
      if (method !== "POST" && method !== "PUT") return service.fetch(request);
      const body = await request.bytes();
      later.push(Bun.sleep(100).then(() => service.fetch(new Request(request, { method, body }))));
      return Response.json({ ok: true });
    },
  },
  { hostname: "127.0.0.1", port: 0 },
);
process.stdout.write(`${JSON.stringify({ url })}\n`);
